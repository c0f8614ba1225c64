import Testing

@testable import MDLM

@Suite struct ScalarClassTests {
  @Test(
    arguments: [
      ("a", [.letter, .closing]), ("A", [.letter, .opening]), ("ǅ", [.letter, .opening]),
      ("漢", [.letter, .opening, .closing]), ("ʰ", [.letter, .opening, .closing]),
      ("\u{301}", [.other, .opening, .closing]), ("\u{E0101}", [.other, .opening, .closing]),
      ("7", [.number, .digit]), ("½", [.number, .digit]), ("Ⅷ", [.number, .digit]),
      (" ", .blank), ("\n", [.blank, .lineEnd]), ("\u{85}", .blank), ("\u{A0}", .blank),
      ("\u{3000}", .blank), ("\u{200B}", .other), ("_", .other), ("🙂", .other), ("\u{0}", .other),
      ("\u{E000}", .other), ("\u{10FFFF}", .other),
      // Unicode 17 moved or added these.
      ("\u{295}", [.letter, .closing]), ("\u{88F}", .other), ("\u{11DE0}", [.other, .digit]),
    ] as [(Unicode.Scalar, ScalarClass)])
  func charactersHaveTheClassesOfThePatterns(scalar: Unicode.Scalar, expected: ScalarClass) {
    #expect(ScalarClass.of(scalar.value) == expected)
  }

  @Test func everyCodePointIsOneOfFour() {
    let kinds: [ScalarClass] = [.letter, .number, .blank, .other]
    let wrong = (0...0x10FFFF as ClosedRange<UInt32>).filter { code in
      kinds.count { ScalarClass.of(code).contains($0) } != 1
    }
    #expect(wrong.isEmpty)
  }
}
