import Testing

@testable import MDLM

struct DisplayTextTests {
  @Test func bytesThatAreNoCharacterShowAsDigits() {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.displayText(of: 0x61) == "a" && tokenizer.displayText(of: 0x0A) == "\n")
    #expect(tokenizer.displayText(of: 0xC3) == "<C3>")
    #expect(tokenizer.displayText(of: tokenizer.maskID) == tokenizer.name(of: tokenizer.maskID))
  }

  @Test func specialTokensShowTheirNames() {
    let tokenizer = DNATokenizer()
    for id in tokenizer.specialIDs {
      #expect(tokenizer.displayText(of: id) == tokenizer.name(of: id))
    }
    #expect(tokenizer.displayText(of: 7) == "A")
  }
}
