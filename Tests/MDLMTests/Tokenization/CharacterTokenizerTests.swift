import Testing

@testable import MDLM

@Suite struct CharacterTokenizerTests {
  @Test func idsFollowTheOrderOfCodePoints() throws {
    let tokenizer = try CharacterTokenizer(text: "bé a🙂\nb")
    #expect(try tokenizer.encode("\n abé🙂") == [0, 1, 2, 3, 4, 5])
  }

  @Test func maskFollowsTheCharacters() throws {
    let tokenizer = try CharacterTokenizer(text: "abc")
    #expect(tokenizer.maskID == 3)
    #expect(tokenizer.vocabularySize == 4)
    #expect(tokenizer.specialIDs == [3])
    #expect(tokenizer.beginID == nil && tokenizer.endID == nil && tokenizer.paddingID == nil)
  }

  @Test func specialsFollowTheMaskInAFixedOrder() throws {
    let all = try CharacterTokenizer(text: "abc", specials: [.padding, .end, .begin])
    #expect([all.maskID, all.beginID, all.endID, all.paddingID] == [3, 4, 5, 6])
    #expect(all.vocabularySize == 7)
    let onlyPadding = try CharacterTokenizer(text: "abc", specials: [.padding])
    #expect(onlyPadding.paddingID == 4)
    #expect(onlyPadding.vocabularySize == 5)
  }

  @Test func canonicallyEquivalentCharactersStayApart() throws {
    // Greek omega and the ohm sign are equal as Swift strings.
    let tokenizer = try CharacterTokenizer(text: "\u{3A9}\u{2126}")
    #expect(try tokenizer.encode("\u{2126}\u{3A9}") == [1, 0])
  }

  @Test(arguments: ["", "abc", "né\ne\u{301} 🙂👨‍👩‍👧\r\n"])
  func decodingReturnsTheText(text: String) throws {
    let tokenizer = try CharacterTokenizer(text: "abc" + text)
    let decoded = tokenizer.decode(try tokenizer.encode(text))
    #expect(decoded.unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test func decodingLeavesOutSpecialsAndForeignIDs() throws {
    let tokenizer = try CharacterTokenizer(text: "ab", specials: [.begin])
    #expect(tokenizer.decode([3, 0, 2, 1, 99, -1]) == "ab")
  }

  @Test func namesShowSpecials() throws {
    let tokenizer = try CharacterTokenizer(text: "ab", specials: [.end])
    #expect([0, 1, 2, 3].map { tokenizer.name(of: $0) } == ["a", "b", "[MASK]", "[EOS]"])
  }

  @Test func unknownCharacterIsNamedWithItsPlace() throws {
    let tokenizer = try CharacterTokenizer(text: "ab\n")
    let text = SourceText(Array("ab\nbéa".utf8)[...], name: "corpus.txt", line: 7, byteOffset: 100)
    let error = #expect(throws: InputError.self) { try tokenizer.encode(text) }
    #expect(error?.category == .badData)
    #expect(error?.subject == "corpus.txt:8")
    #expect(error?.found == "the character 'é' (U+00E9) at byte 104")
  }

  @Test func unprintableCharacterIsNamedByItsCodeAlone() throws {
    let tokenizer = try CharacterTokenizer(text: "ab")
    let error = #expect(throws: InputError.self) { try tokenizer.encode("a\u{7}") }
    #expect(error?.found == "the character U+0007 at byte 1")
  }

  @Test func emptyTextHasNoVocabulary() {
    let error = #expect(throws: InputError.self) { try CharacterTokenizer(text: "") }
    #expect(error?.found == "no characters")
  }

  @Test func byteCountWalksCharacters() throws {
    let tokenizer = try CharacterTokenizer(text: "aé🙂")
    let counts = (0...3).map { tokenizer.byteCount(of: SourceText("aé🙂"), tokens: $0) }
    #expect(counts == [0, 1, 3, 7])
  }
}
