import Testing

@testable import MDLM

struct DisplayTextTests {
  @Test func bytesThatAreNoCharacterShowAsDigits() {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.displayText(of: 0x61) == "a" && tokenizer.displayText(of: 0x0A) == "\n")
    #expect(tokenizer.displayText(of: 0xC3) == "<C3>")
    #expect(tokenizer.displayText(of: tokenizer.maskID) == tokenizer.name(of: tokenizer.maskID))
  }

  @Test func spacesComeWithTheTokenThatFollowsThem() throws {
    let tokenizer = try makeByteLevelBPE()
    let ids = tokenizer.encode(SourceText(Array("hello w".utf8)[...], name: "text"))
    #expect(ids.map(tokenizer.displayText) == ["hello", " w"])
  }

  /// What a word piece shows is what it adds to a text.
  @Test func wordPiecesShowWhatTheyAdd() throws {
    let tokenizer = try WordPieceTokenizer(
      vocabularyText: Array(WordPieceTokenizerTests.vocabulary.utf8)[...], name: "vocab.txt")
    for id in 5..<Int32(tokenizer.vocabularySize) {
      #expect("the" + tokenizer.displayText(of: id) == tokenizer.decode([9, id]))
    }
  }

  @Test func specialTokensShowTheirNames() {
    let tokenizer = DNATokenizer()
    for id in tokenizer.specialIDs {
      #expect(tokenizer.displayText(of: id) == tokenizer.name(of: id))
    }
    #expect(tokenizer.displayText(of: 7) == "A")
  }
}
