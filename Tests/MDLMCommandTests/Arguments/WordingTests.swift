import Testing

@testable import MDLMCommand

struct WordingTests {
  @Test(arguments: [
    ("--sead", "Did you mean --seed? Correct it"),
    ("--check", "Did you mean --checkpoint? Correct it"),
    ("--x", "none"),
    ("", "none"),
  ])
  func correctionNamesTheNearestWord(word: String, expected: String) {
    #expect(word.correction(among: ["--seed", "--checkpoint"], otherwise: "none") == expected)
  }

  @Test func hugeWordIsNotCompared() {
    let word = String(repeating: "x", count: 1_000_000)
    #expect(word.correction(among: ["xx"], otherwise: "none") == "none")
  }

  @Test func longWordIsShortened() {
    #expect(String(repeating: "a", count: 100).quoted.unicodeScalars.count == 63)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    #expect("a\u{1B}[31m\nb".quoted == "'a\u{FFFD}[31m\u{FFFD}b'")
  }

  @Test(arguments: [
    ([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"),
  ])
  func alternativesReadAsASentence(words: [String], expected: String) {
    #expect(words.alternatives == expected)
  }
}
