import Foundation
import Testing

@testable import MDLM

@Suite struct WordPieceTokenizerTests {
  /// Ids follow the lines: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4, then the words.
  static let vocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nnaive\nthe\n,\n.\n漢\n##a\nа\n'\nt\n"

  private let tokenizer: WordPieceTokenizer

  init() throws {
    tokenizer = try WordPieceTokenizer(
      vocabularyText: Array(Self.vocabulary.utf8)[...], name: "vocab.txt")
  }

  @Test func specialTokensAreThoseOfBert() {
    #expect(tokenizer.vocabularySize == 17)
    #expect(tokenizer.maskID == 4)
    #expect([tokenizer.beginID, tokenizer.endID, tokenizer.separatorID] == [2, 3, 2])
    #expect([tokenizer.paddingID, tokenizer.unknownID] == [0, 1])
    #expect(tokenizer.specialIDs == [0, 1, 2, 3, 4])
    #expect(tokenizer.framed([9]) == [2, 9, 3])
    #expect([0, 6, 12, 17, -1].map(tokenizer.name) == ["[PAD]", "##aff", "漢", "[17]", "[-1]"])
  }

  @Test(arguments: [
    ("", []), (" \t\n", []), ("unaffable", [5, 6, 7]), ("UNaffABLE,the.", [5, 6, 7, 10, 9, 11]),
    ("Na\u{EF}ve nai\u{308}ve", [8, 8]), ("thex the", [1, 9]),
    ("the[MASK]un [mask]", [9, 4, 5, 1, 1, 1]),
    ("漢漢the漢", [12, 12, 9, 12]), ("th\u{0}e\u{200D} \u{FFFD}", [9]), ("\u{430}\u{430}", [1]),
    ("\u{410}", [14]), ("don't\u{2019}", [1, 15, 16, 1]), ("un\u{A0}un\u{3000}un", [5, 5, 5]),
    ("the\u{2028}the\u{B}the", [9, 1]), ("\u{1F600}the", [1]), ("un \u{301}", [5]),
  ])
  func encodes(text: String, ids: [Int32]) throws {
    #expect(try tokenizer.encode(text) == ids)
  }

  @Test func longWordsAreUnknown() throws {
    let text = "un" + String(repeating: "a", count: 98)
    #expect(try tokenizer.encode(text) == [5] + [Int32](repeating: 13, count: 98))
    #expect(try tokenizer.encode(text + "a") == [1])
    // Accents do not count: the limit is one of normalized characters.
    #expect(try tokenizer.encode(text + "\u{301}").count == 99)
    #expect(try tokenizer.encode(String(repeating: "a", count: 300) + " the") == [1, 9])
  }

  @Test(
    arguments: [
      ([0x74, 0x20, 0xFF], 2), ([0xE6, 0xBC], 0), ([0x74, 0xC3, 0x28], 1),
      (Array("[MASK]".utf8) + [0x80], 6), ([0xF0, 0x9F, 0x98], 0), ([0xED, 0xA0, 0x80], 0),
    ] as [([UInt8], Int)])
  func malformedTextIsRefused(bytes: [UInt8], offset: Int) {
    let error = #expect(throws: InputError.self) {
      try tokenizer.encode(SourceText(bytes[...], name: "x.txt"))
    }
    #expect(error?.subject == "x.txt:1")
    #expect(error?.found.hasSuffix("at byte \(offset)") == true, "\(String(describing: error))")
  }

  @Test(
    arguments: [
      ([2, 5, 6, 7, 10, 9, 11, 3], "unaffable, the."), ([6, 5], "##aff un"), ([1, 4, 99, -1], ""),
      ([9, 15, 16, 9], "the ' t the"), ([.max, .min, 8], "naive"),
    ] as [([Int32], String)])
  func decodes(ids: [Int32], text: String) {
    #expect(tokenizer.decode(ids) == text)
  }

  @Test(arguments: [
    ("the unaffable, x", [0, 3, 6, 9, 13, 14, 16]),
    ("  the  ", [0, 5]), ("na\u{EF}ve,the", [0, 6, 7, 10]), ("nai\u{308}ve.", [0, 7, 8]),
    ("the[MASK]un", [0, 3, 9, 11]), ("漢漢", [0, 3, 6]), ("\u{A0}the\u{A0}.", [0, 5, 8]),
    ("\u{DC}naffable!", [0, 3, 6, 10, 11]),
  ])
  func bytesAreCountedToTheWord(text: String, counts: [Int]) {
    let source = SourceText(text)
    #expect(counts.indices.map { tokenizer.byteCount(of: source, tokens: $0) } == counts)
  }

  @Test func aVocabularyWithoutMaskGetsOneBeyondItsIDs() throws {
    let text = Array("[UNK]\r\na\r\n\r\nb".utf8)
    let tokenizer = try WordPieceTokenizer(vocabularyText: text[...], name: "vocab.txt")
    #expect(tokenizer.maskID == 4)
    #expect(tokenizer.vocabularySize == 5)
    #expect(tokenizer.name(of: 4) == "[MASK]")
    #expect(tokenizer.separatorID == nil)
    #expect(try tokenizer.encode("a b [MASK]") == [1, 3, 0, 0, 0])
    #expect(tokenizer.decode([1, 4, 2, 3]) == "a b")
  }

  @Test func lookAlikesAreDifferentPieces() throws {
    // Ohm and omega, which Swift's strings take for the same.
    let text = Array("[UNK]\n\u{2126}\n\u{3A9}".utf8)
    let tokenizer = try WordPieceTokenizer(vocabularyText: text[...], name: "vocab.txt")
    #expect(tokenizer.vocabularySize == 4)
    #expect(tokenizer.name(of: 1).unicodeScalars.elementsEqual(["\u{2126}"]))
  }

  @Test(arguments: [
    ("[UNK]\na\nb\na \n", "vocab.txt:4", "the piece of line 2 again"),
    ("a\nb", "vocab.txt", "no [UNK]"),
    ("", "vocab.txt", "no [UNK]"),
  ])
  func badVocabulariesAreRefused(text: String, subject: String, fragment: String) {
    let error = #expect(throws: InputError.self) {
      try WordPieceTokenizer(vocabularyText: Array(text.utf8)[...], name: "vocab.txt")
    }
    #expect(error?.subject == subject)
    #expect(error?.found == fragment)
  }

  @Test func oneServesManyThreads() async throws {
    let text = String(repeating: "the unaffable naïve 漢, ", count: 200)
    let expected = try tokenizer.encode(text)
    await withTaskGroup(of: Bool.self) { [tokenizer] group in
      for _ in 0..<8 { group.addTask { (try? tokenizer.encode(text)) == expected } }
      for await isEqual in group { #expect(isEqual) }
    }
  }
}
