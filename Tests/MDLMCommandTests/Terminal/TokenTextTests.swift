import MDLM
import Testing

@testable import MDLMCommand

struct TokenTextTests {
  /// Bytes as tokens: what is no UTF-8 decodes to U+FFFD.
  private func bytes(_ tokens: [Int32]) -> [String] {
    var text = TokenText(ByteTokenizer(), maskID: 256)
    return text.texts(of: tokens)
  }

  @Test func bytesOfACharacterJoinOnceTheyAreThere() {
    #expect(bytes([0x61, 0xC3, 0xA9, 0x62]) == ["a", "é", "", "b"])
    #expect(bytes([0xF0, 0x9F, 0x8E, 0x89]) == ["🎉", "", "", ""])
    #expect(bytes([0x61, 0xC3, 256, 0x62]) == ["a", "\u{FFFD}", "░", "b"])
  }

  @Test func bytesThatNeverJoinAreNotLost() {
    let texts = bytes([0xC3, 0x28, 0xFF, 0x62])
    #expect(texts.joined() == "\u{FFFD}(\u{FFFD}b")
  }

  /// Spaces between words come from their neighbours, as word pieces want it.
  @Test func textDependsOnTheTokenBefore() {
    let words = ["un", "##able", "cat"]
    let decode: @Sendable ([Int32]) -> String = { ids in
      ids.enumerated().map { index, id in
        let word = words[Int(id)]
        return word.hasPrefix("##") ? String(word.dropFirst(2)) : index == 0 ? word : " " + word
      }.joined()
    }
    var text = TokenText(maskID: 9, specialIDs: [8], decode: decode) { "[\($0)]" }
    #expect(text.texts(of: [0, 1, 2, 9, 2, 8]) == ["un", "able", " cat", "░", "cat", "[8]"])
  }

  @Test func idsStandForThemselvesWithoutTokenizer() {
    var text = TokenText(nil, maskID: 5)
    #expect(text.texts(of: [3, 5, 12]) == ["3 ", "░", "12 "])
  }
}
