import Foundation
import Testing

@testable import MDLM

@Suite struct WordPieceFileTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  private static let file = #"""
    {
      "truncation": {"max_length": 128}, "padding": {"strategy": "BatchLongest"},
      "added_tokens": [
        {"id": 2, "content": "[MASK]", "special": true, "normalized": false},
        {"id": 5, "content": "Éa", "special": false, "normalized": true}
      ],
      "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
      "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Isolated"}]},
      "post_processor": {"type": "BertProcessing", "sep": ["b", 3], "cls": ["a", 1]},
      "decoder": {"type": "WordPiece", "prefix": "@", "cleanup": false},
      "model": {
        "type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "@",
        "max_input_chars_per_word": 4,
        "vocab": {"?": 0, "a": 1, "[MASK]": 2, "b": 3, "@b": 4}
      }
    }
    """#

  private func load(_ text: String) throws -> WordPieceTokenizer {
    let path = try folder.write("tokenizer.json", text)
    return try #require(try TokenizerFile.load(path: path) as? WordPieceTokenizer)
  }

  @Test func everyPartCounts() throws {
    let tokenizer = try load(Self.file)
    #expect(tokenizer.vocabularySize == 6)
    #expect(tokenizer.maskID == 2)
    #expect(try tokenizer.encode("ABB,b[MASK]a bbbbb") == [1, 4, 4, 0, 3, 2, 1, 0])
    #expect(try tokenizer.encode("be\u{301}Ab") == [3, 5, 3])
    #expect(tokenizer.decode([1, 4, 3, 5, 2]) == "ab b \u{E9}a")
    #expect(tokenizer.framed([0]) == [1, 0, 3])
    // A mark that a name in normalized text was made of.
    #expect(tokenizer.byteCount(of: SourceText("be\u{301}Ab"), tokens: 2) == 5)
  }

  @Test func survivesTheFile() throws {
    let tokenizer = try load(Self.file)
    #expect(try load(tokenizer.tokenizerJSON()) == tokenizer)
  }

  /// Hugging Face `tokenizers` would number added tokens beyond a hole anew, unless they are pieces.
  @Test func addedTokensBeyondHolesBecomePieces() throws {
    let text = Self.file.replacingOccurrences(of: "{\"id\": 5", with: "{\"id\": 9")
    let tokenizer = try load(text)
    #expect(tokenizer.vocabularySize == 10)
    let json = try JSONValue(parsing: Array(tokenizer.tokenizerJSON().utf8)[...], name: "x")
    #expect(json["model"]?["vocab"]?["Éa"]?.integer(Int.self) == 9)
    let again = try load(tokenizer.tokenizerJSON())
    #expect(again.vocabularySize == 10 && again.maskID == 2)
    #expect(try again.encode("be\u{301}Ab") == tokenizer.encode("be\u{301}Ab"))
    // Where there is no hole they stay out of the model.
    let plain = try JSONValue(
      parsing: Array(try load(Self.file).tokenizerJSON().utf8)[...], name: "x")
    #expect(plain["model"]?["vocab"]?["Éa"] == nil)
  }

  @Test func specialTokensAreWordsWhereTheyAreNamed() throws {
    let tokenizer = try load(Self.file)
    #expect(tokenizer.decodeBytesNamingSpecials([1, 2, 4, 3]) == Array("a [MASK]b b".utf8))
    #expect(tokenizer.decodeBytes([1, 2, 4, 3]) == Array("ab b".utf8))
  }

  @Test(arguments: ["", "\u{FEFF}"])
  func vocabularyFilesAreRead(mark: String) throws {
    let path = try folder.write("vocab.txt", mark + WordPieceTokenizerTests.vocabulary)
    let tokenizer = try #require(try TokenizerFile.load(path: path) as? WordPieceTokenizer)
    #expect(try TokenizerFile.load(path: folder.path) as? WordPieceTokenizer == tokenizer)
    #expect(try load(tokenizer.tokenizerJSON()) == tokenizer)
  }

  @Test func withoutPartsTextIsOneWord() throws {
    let tokenizer = try load(
      #"""
      {"model": {"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "",
        "max_input_chars_per_word": 9, "vocab": {"?": 0, "a": 1, " B": 2}}}
      """#)
    #expect(try tokenizer.encode("aa Ba") == [1, 1, 2, 1])
    #expect(try tokenizer.encode("aa b") == [0])
    #expect(tokenizer.decode([1, 2]) == "a  B")
    #expect(tokenizer.byteCount(of: SourceText("aa Ba"), tokens: 3) == 4)
  }

  @Test func spacesAroundIdeographsJoinWordsThatAreNotSplit() throws {
    let tokenizer = try load(
      #"""
      {"normalizer": {"type": "BertNormalizer", "clean_text": true, "strip_accents": null,
        "handle_chinese_chars": true, "lowercase": true},
        "model": {"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "",
        "max_input_chars_per_word": 9, "vocab": {"?": 0, "a": 1, "漢": 2, " ": 3}}}
      """#)
    #expect(try tokenizer.encode("a漢") == [1, 3, 2, 3])
  }

  /// A file, edited by one replacement, and what the message must say.
  @Test(arguments: [
    ("\"NFC\"", "\"Replace\"", "normalizer 'Replace'"),
    ("\"WhitespaceSplit\"", "\"Metaspace\"", "pre_tokenizer 'Metaspace'"),
    ("\"Isolated\"", "\"Removed\"", "'Punctuation' with behavior \"Removed\""),
    ("\"BertProcessing\"", "\"Strange\"", "post_processor 'Strange'"),
    ("[\"b\", 3]", "[\"b\", 6]", "the id 6 in post_processor"),
    (
      "{\"type\": \"WordPiece\", \"prefix\"", "{\"type\": \"BPEDecoder\", \"prefix\"",
      "'BPEDecoder'"
    ),
    ("\"cleanup\": false", "\"cleanup\": 0", "a decoder without prefix or cleanup"),
    ("\"unk_token\": \"?\"", "\"unk_token\": \"!\"", "the unk_token \"!\", which is not in"),
    ("\"unk_token\"", "\"unk\"", "model.unk_token is missing"),
    ("\"continuing_subword_prefix\": \"@\"", "\"continuing_subword_prefix\": 1", "prefix is 1"),
    ("\"max_input_chars_per_word\": 4", "\"max_input_chars_per_word\": -4", "per_word is -4"),
    ("\"max_input_chars_per_word\": 4", "\"max_input_chars_per_word\": 10001", "_word is 10001"),
    ("\"b\": 3", "\"b\": 1", "the id 1 for both"),
    ("\"b\": 3", "\"b\": -1", "model.vocab[\"b\"] is -1"),
    ("\"b\": 3", "\"b\": 16777216", "model.vocab[\"b\"] is 16777216"),
    ("\"vocab\"", "\"words\"", "model.vocab is missing"),
    ("{\"id\": 2", "{\"id\": 6", "the added token \"[MASK]\" with id 6"),
    ("{\"id\": 5", "{\"id\": 4", "the added token \"Éa\" with id 4"),
    ("{\"id\": 5", "{\"id\": 16777216", "with id 16777216"),
  ])
  func otherFilesAreRefusedByName(old: String, new: String, fragment: String) throws {
    let range = try #require(Self.file.range(of: old))
    let path = try folder.write(
      "x.json", Self.file.replacingCharacters(in: range, with: new))
    let error = #expect(throws: InputError.self) { try TokenizerFile.load(path: path) }
    #expect(error?.category == .badData)
    #expect(error?.subject.hasPrefix(path) == true)
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
