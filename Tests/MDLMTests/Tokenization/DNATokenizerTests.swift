import Testing

@testable import MDLM

@Suite struct DNATokenizerTests {
  private let tokenizer = DNATokenizer()

  @Test func officialIDs() throws {
    #expect(tokenizer.vocabularySize == 12)
    #expect(tokenizer.maskID == 3)
    #expect([tokenizer.beginID, tokenizer.endID, tokenizer.separatorID] == [2, 1, 1])
    #expect(tokenizer.paddingID == 4)
    #expect(tokenizer.unknownID == 6)
    #expect(try tokenizer.encode("ACGTN") == [7, 8, 9, 10, 11])
  }

  @Test func softMaskedBasesAreBases() throws {
    #expect(try tokenizer.encode("acgtn") == tokenizer.encode("ACGTN"))
  }

  @Test(arguments: ["R", "u", "\n", ">", "-", " ", "é", "\u{FF21}", "🙂", "1"])
  func everythingElseIsUnknown(text: String) throws {
    #expect(try tokenizer.encode(text) == [6])
  }

  @Test func malformedTextIsRefused() {
    let text = SourceText([0x41, 0xFF], name: "x.fa")
    let error = #expect(throws: InputError.self) { try tokenizer.encode(text) }
    #expect(error?.description.contains("malformed UTF-8 (0xFF) at byte 1") == true)
  }

  @Test func decodingLeavesOutSpecials() {
    #expect(tokenizer.decode([2, 7, 6, 11, 3, 10, 1, 12, -1, .min, .max]) == "ANT")
  }

  @Test func namesAreOfficial() {
    #expect(
      [0, 1, 2, 3, 4, 5, 6, 7, 11, 12].map { tokenizer.name(of: $0) }
        == [
          "[CLS]", "[SEP]", "[BOS]", "[MASK]", "[PAD]", "[RESERVED]", "[UNK]", "A", "N", "[12]",
        ])
  }

  @Test func byteCountFollowsTheSource() {
    let text = SourceText("aéG")
    #expect((0...4).map { tokenizer.byteCount(of: text, tokens: $0) } == [0, 1, 3, 4, 4])
  }
}
