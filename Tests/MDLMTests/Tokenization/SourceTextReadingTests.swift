import Testing

@testable import MDLM

struct SourceTextReadingTests {
  private func text(_ content: String) -> SourceText {
    SourceText(Array(content.utf8)[...], name: "ids.txt")
  }

  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\n\nb\rc\n", ["a", "", "b\rc"]),
    ("a\r", ["a\r"]),
  ])
  func linesHaveNoEnds(content: String, lines: [String]) {
    #expect(text(content).lines.map { String(decoding: $0.bytes, as: UTF8.self) } == lines)
  }

  @Test func linesKnowTheirPlace() {
    let lines = text("one\ntwo\r\nthree").lines
    #expect(lines.map(\.line) == [1, 2, 3])
    #expect(lines.map(\.byteOffset) == [0, 4, 9])
    #expect(lines.last?.lines.first?.line == 3)
  }

  @Test(arguments: [("", []), ("7", [7]), (" 0\t12\r\n\n9 ", [0, 12, 9]), ("007", [7])])
  func idsAreRead(content: String, ids: [Int32]) throws {
    #expect(try text(content).tokenIDs(vocabularySize: 13) == ids)
  }

  @Test(arguments: [
    ("1\n13", "ids.txt:2: found \"13\" at byte 2"), ("-1", "\"-1\""), ("1.5", "\"1.5\""),
    ("1,2", "\"1,2\""), ("x", "\"x\""), ("99999999999999999999", "\"99999999999999999999\""),
  ])
  func otherWordsAreRefused(content: String, fragment: String) {
    let error = #expect(throws: InputError.self) {
      try text(content).tokenIDs(vocabularySize: 13)
    }
    #expect(error?.category == .badData)
    #expect(error?.description.contains(fragment) == true)
  }

  @Test func manyTextsEncodeAsEachAlone() throws {
    var trainer = try BPETrainer(vocabularySize: 280, on: Device(threads: 1))
    let texts = ["the cat sat", "", "on the mat, the cat sat on the mat", "\n"].map {
      SourceText($0)
    }
    trainer.count(texts)
    let tokenizer = try trainer.train()
    #expect(try tokenizer.encode(texts) == texts.map { tokenizer.encode($0) })
    let bytes = ByteTokenizer()
    #expect(try bytes.encode(texts) == texts.map { try bytes.encode($0) })
  }
}
