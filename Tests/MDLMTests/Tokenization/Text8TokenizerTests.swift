import Testing

@testable import MDLM

@Suite struct Text8TokenizerTests {
  private let tokenizer = Text8Tokenizer()

  @Test func officialIDs() throws {
    #expect(tokenizer.vocabularySize == 35)
    #expect(tokenizer.maskID == 4)
    #expect([tokenizer.beginID, tokenizer.endID, tokenizer.paddingID] == [2, 3, 5])
    #expect(tokenizer.unknownID == 7)
    #expect(try tokenizer.encode("az ") == [8, 33, 34])
  }

  @Test(arguments: [
    ("AbZ", "abz"), ("\u{212A}", "k"),
  ])
  func lowerCases(text: String, same: String) throws {
    #expect(try tokenizer.encode(text) == tokenizer.encode(same))
  }

  @Test(arguments: ["1", "\n", "é", "É", "🙂", "[", "@", "`", "{"])
  func everythingElseIsUnknown(text: String) throws {
    #expect(try tokenizer.encode(text) == [7])
  }

  @Test func decodingLeavesOutSpecials() {
    #expect(tokenizer.decode([2, 8, 34, 4, 33, 7, 3, 35]) == "a z")
  }

  @Test func namesAreOfficial() {
    #expect(
      [0, 1, 4, 6, 8, 34].map { tokenizer.name(of: $0) }
        == ["[CLS]", "[SEP]", "[MASK]", "[RESERVED]", "a", " "])
  }

  @Test func byteCountFollowsTheSource() {
    // The dotted capital I becomes two tokens.
    let text = SourceText("a\u{130}é")
    #expect((0...4).map { tokenizer.byteCount(of: text, tokens: $0) } == [0, 1, 3, 3, 5])
  }
}
