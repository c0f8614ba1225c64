import Testing

@testable import MDLM

@Suite struct ByteTokenizerTests {
  @Test func idsAreBytes() throws {
    #expect(try ByteTokenizer().encode("Aé\n") == [0x41, 0xC3, 0xA9, 0x0A])
  }

  @Test func maskIs256AndSpecialsFollow() {
    let tokenizer = ByteTokenizer(specials: [.begin, .end])
    #expect([tokenizer.maskID, tokenizer.beginID, tokenizer.endID] == [256, 257, 258])
    #expect(tokenizer.vocabularySize == 259)
    #expect(tokenizer.specialIDs == [256, 257, 258])
  }

  @Test func decodingLeavesOutSpecialsAndRepairsBrokenUTF8() {
    #expect(ByteTokenizer().decode([0x61, 256, 0xC3, 0xA9, 0xC3]) == "aé\u{FFFD}")
  }

  @Test func namesShowBytes() {
    let names = [0x61, 0xE9, 256].map { ByteTokenizer().name(of: $0) }
    #expect(names == ["a", "<0xE9>", "[MASK]"])
  }

  @Test func lettersAreDistinctAndKeepPrintableBytes() {
    #expect(Set(ByteTokenizer.letters).count == 256)
    #expect(ByteTokenizer.letters[0x41] == "A")
    #expect(ByteTokenizer.letters[0x20] == "\u{120}")
    #expect(ByteTokenizer.letters[0x0A] == "\u{10A}")
    #expect(ByteTokenizer.letters[0xAD] == "\u{143}")
  }
}
