import Foundation
import Testing

@testable import MDLM

/// The files that a byte-level BPE comes in.
@Suite struct ByteLevelBPEFileTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  private static let merges = [("a", "b"), ("ab", "Ġ")]

  // MARK: tokenizer.json

  @Test(arguments: SplitPattern.allCases)
  func whatIsWrittenIsReadAgain(pattern: SplitPattern) throws {
    let written = try makeByteLevelBPE(special: ["[MASK]", "[BOS]"], pattern: pattern)
    let path = try folder.write("tokenizer.json", written.tokenizerJSON())
    #expect(try TokenizerFile.load(path: path) as? ByteLevelBPETokenizer == written)
  }

  @Test func addedTokensBeyondTheVocabularySurvive() throws {
    var text = byteLevelBPEFile(Self.merges).document()
    let tokens = [
      AddedToken(id: 300, content: Array("né \"".utf8), stripsLeft: true, isSpecial: false),
      AddedToken.special("<|x|>", id: 400),
    ]
    text = text.replacing(
      "\"added_tokens\": []", with: "\"added_tokens\": \(AddedTokens(tokens).json.line())")
    let path = try folder.write("tokenizer.json", text)
    let loaded = try #require(try TokenizerFile.load(path: path) as? ByteLevelBPETokenizer)
    #expect(loaded.vocabularySize == 402)
    #expect(try loaded.encode("ab  né \"<|x|>") == [256, 300, 400])
    #expect(loaded.decode([256, 300, 400, 350]) == "abné \"")
    let again = try folder.write("again.json", loaded.tokenizerJSON())
    #expect(try TokenizerFile.load(path: again) as? ByteLevelBPETokenizer == loaded)
  }

  /// Tokens of the model that are added tokens, too, stand for the bytes of their letters.
  @Test func addedTokensOfTheModelKeepTheirBytes() throws {
    let tokens = [
      AddedToken(id: 0x20, content: Array("Ġ".utf8), isSpecial: false),
      AddedToken(id: 257, content: Array("abĠ".utf8), isSingleWord: true, isSpecial: false),
    ]
    let text = byteLevelBPEFile(Self.merges).document()
      .replacing(
        "\"added_tokens\": []", with: "\"added_tokens\": \(AddedTokens(tokens).json.line())"
      )
      .replacing("\"BPE\",", with: "\"BPE\", \"ignore_merges\": true,")
    let path = try folder.write("tokenizer.json", text)
    let loaded = try #require(try TokenizerFile.load(path: path) as? ByteLevelBPETokenizer)
    #expect(try loaded.encode("x ab") == [0x78, 0x20, 256])
    #expect(loaded.decode([0x78, 257, 0x78, 0x20]) == "xab x ")
    let again = try folder.write("again.json", loaded.tokenizerJSON())
    #expect(try TokenizerFile.load(path: again) as? ByteLevelBPETokenizer == loaded)
  }

  /// With `ignore_merges` a piece that is a token of the model is that token, added or not.
  @Test func wholePiecesMayBeAddedTokens() throws {
    let tokens = [
      AddedToken(id: 256, content: Array("ab".utf8), isSingleWord: true, isSpecial: false)
    ]
    let text = byteLevelBPEFile([("a", "b")]).document()
      .replacing(
        "\"added_tokens\": []", with: "\"added_tokens\": \(AddedTokens(tokens).json.line())"
      )
      .replacing("\"BPE\",", with: "\"BPE\", \"ignore_merges\": true,")
      .replacing("\"a b\"", with: "")
    let path = try folder.write("tokenizer.json", text)
    #expect(try TokenizerFile.load(path: path).encode("1ab") == [0x31, 256])
  }

  @Test func pairsAndStringsAreTheSameMerges() throws {
    let text = byteLevelBPEFile(Self.merges).document()
    let pairs = text.replacing("\"a b\", \"ab Ġ\"", with: "[\"a\", \"b\"], [\"ab\", \"Ġ\"]")
    #expect(text != pairs)
    let first = try TokenizerFile.load(path: try folder.write("a.json", text))
    let second = try TokenizerFile.load(path: try folder.write("b.json", pairs))
    #expect(first as? ByteLevelBPETokenizer == second as? ByteLevelBPETokenizer)
  }

  /// A file, edited by one replacement, and what the message must say.
  struct Damage: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var fragment: String
    var testDescription: String { fragment }
  }

  @Test(arguments: [
    Damage(old: "\"BPE\",", new: "\"BPE\", \"dropout\": 0.1,", fragment: "model.dropout 0.1"),
    Damage(old: "\"BPE\",", new: "\"BPE\", \"unk_token\": \"u\",", fragment: "unk_token \"u\""),
    Damage(old: "\"BPE\",", new: "\"BPE\", \"byte_fallback\": true,", fragment: "fallback true"),
    Damage(
      old: "\"BPE\",", new: "\"BPE\", \"end_of_word_suffix\": \"</w>\",", fragment: "\"</w>\""),
    Damage(old: "\"normalizer\": null", new: "\"normalizer\": 1", fragment: "normalizer"),
    Damage(old: "\"decoder\": {", new: "\"decoders\": {", fragment: "decoder null"),
    Damage(
      old: "\"decoder\": {\n    \"type\": \"ByteLevel\"",
      new: "\"decoder\": {\n    \"type\": \"Metaspace\"", fragment: "decoder 'Metaspace'"),
    Damage(old: "\"pre_tokenizer\": {", new: "\"p\": {", fragment: "pre_tokenizer missing"),
    Damage(old: "\"ab Ġ\"", new: "\"ab x\"", fragment: "model.merges[1]: found \"abx\""),
    Damage(old: "\"ab Ġ\"", new: "\"ba Ġ\"", fragment: "model.merges[1]: found \"ba\""),
    Damage(old: "\"ab Ġ\"", new: "\"a b\"", fragment: "model.merges[1]: found a pair that"),
    Damage(old: "\"ab Ġ\"", new: "\"a b Ġ\"", fragment: "model.merges[1] is \"a b Ġ\""),
    Damage(old: "\"ab Ġ\"", new: "7", fragment: "model.merges[1] is 7"),
    Damage(old: "\"ab Ġ\"", new: "[\"ab\", 7, \"Ġ\"]", fragment: "model.merges[1] is a list"),
    Damage(old: "\"type\": \"BPE\"", new: "\"type\": 3", fragment: "the model type 3"),
    Damage(old: "\"merges\"", new: "\"mergers\"", fragment: "model.merges is missing"),
    Damage(old: "\"vocab\": {", new: "\"words\": {", fragment: "model.vocab is missing"),
    Damage(old: "\"abĠ\": 257", new: "\"abĠ\": 256", fragment: "256 for both \"ab\" and \"abĠ\""),
    Damage(old: "\"abĠ\": 257", new: "\"abĠ\": -1", fragment: "model.vocab[\"abĠ\"] is -1"),
    Damage(old: "\"abĠ\": 257", new: "\"abĠ\": 2e9", fragment: "model.vocab[\"abĠ\"] is 2e9"),
    Damage(old: "\"!\": 33", new: "\"!!\": 33", fragment: "without \"!\", the byte 33"),
    Damage(
      old: "\"added_tokens\": []", new: "\"added_tokens\": [{\"id\": 3, \"content\": \"ab\"}]",
      fragment: "the added token \"ab\" with id 3"),
    Damage(
      old: "\"added_tokens\": []", new: "\"added_tokens\": [{\"id\": 3, \"content\": \"xyz\"}]",
      fragment: "the added token \"xyz\" with id 3"),
    Damage(
      old: "\"post_processor\": null",
      new: "\"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"a\", 300], "
        + "\"cls\": [\"a\", 1]}",
      fragment: "the id 300 in post_processor"),
  ])
  func otherFilesAreRefusedByName(damage: Damage) throws {
    let text = byteLevelBPEFile(Self.merges).document()
    let damaged = text.replacing(damage.old, with: damage.new, maxReplacements: 1)
    #expect(damaged != text)
    let path = try folder.write("x.json", damaged)
    let error = #expect(throws: InputError.self) { try TokenizerFile.load(path: path) }
    #expect(error?.category == .badData)
    #expect(error?.subject.hasPrefix(path) == true)
    #expect(error?.description.contains(damage.fragment) == true, "\(String(describing: error))")
  }

  // MARK: vocab.json and merges.txt

  private func writeGPT2(merges: String) throws {
    let file = byteLevelBPEFile(Self.merges, special: ["<|endoftext|>"])
    _ = try folder.write("vocab.json", try #require(file["model"]?["vocab"]).document())
    _ = try folder.write("merges.txt", merges)
  }

  @Test(arguments: [
    "#version: 0.2\na b\nab Ġ\n", "a b\r\nab Ġ", "\u{FEFF}#version: 0.2\na b\nab Ġ\n",
  ])
  func gpt2FilesAreReadTogether(merges: String) throws {
    try writeGPT2(merges: merges)
    let loaded = try #require(
      try TokenizerFile.load(path: folder.path) as? ByteLevelBPETokenizer)
    #expect(try loaded.encode("ab<|endoftext|>") == [256, 258])
    #expect(loaded.merges.count == 2)
    for name in ["vocab.json", "merges.txt"] {
      let other = try TokenizerFile.load(path: "\(folder.path)/\(name)")
      #expect(other as? ByteLevelBPETokenizer == loaded)
    }
  }

  @Test(arguments: [
    ("a b\nab\n", "merges.txt:2", "\"ab\""), ("a b\nab \n", "merges.txt:2", "\"ab \""),
    ("a b\na b\n", "merges.txt:2", "a pair that was there"),
    ("#version: 0.2\nzz a", "merges.txt:2", "\"zz\", which is no token"),
    ("#version: 0.2\ra b\rab Ġ", "merges.txt:1", "a carriage return within a line"),
  ])
  func damagedMergesAreRefused(merges: String, subject: String, fragment: String) throws {
    try writeGPT2(merges: merges)
    let error = #expect(throws: InputError.self) { try TokenizerFile.load(path: folder.path) }
    #expect(error?.subject == "\(folder.path)/\(subject)")
    #expect(error?.found.contains(fragment) == true, "\(String(describing: error))")
  }

  /// Tables are as long as the largest id, so that a small file may not have a large one.
  @Test(arguments: ["vocab", "added"])
  func idsFarBeyondTheOthersAreRefused(place: String) throws {
    let id = 8_000_000
    let text = byteLevelBPEFile([], special: ["[X]"]).line()
      .replacing(#","[X]":256"#, with: place == "vocab" ? ",\"[X]\":\(id)" : "")
      .replacing(#""id":256"#, with: "\"id\":\(id)")
    let json = try JSONValue(parsing: Array(text.utf8)[...], name: "t.json")
    let error = #expect(throws: InputError.self) {
      try ByteLevelBPETokenizer(json: json, in: "t.json")
    }
    #expect(error?.found.contains("8000000") == true, "\(String(describing: error))")
    #expect(error?.expected.contains("below 2662") == true, "\(String(describing: error))")
  }

  // MARK: tiktoken

  /// The bytes and then `tokens`, in base64 with their ranks.
  private func tiktoken(_ tokens: [String]) -> String {
    let bytes = (0..<256).map { Data([UInt8($0)]) } + tokens.map { Data($0.utf8) }
    return bytes.enumerated().map { "\($0.element.base64EncodedString()) \($0.offset)\n" }.joined()
  }

  /// abc comes of ab and c, and of a and bc: whichever is there joins.
  @Test func everyCutOfATokenIsAMerge() throws {
    let path = try folder.write("cl100k_base.tiktoken", tiktoken(["bc", "ab", "abc", "zbc"]))
    let loaded = try #require(try TokenizerFile.load(path: path) as? ByteLevelBPETokenizer)
    #expect(try loaded.encode("abc") == [258])
    #expect(try loaded.encode("aabc 1234") == [0x61, 258, 0x20, 0x31, 0x32, 0x33, 0x34])
    #expect(try loaded.encode("<|endoftext|>x<|endofprompt|>") == [100257, 0x78, 100276])
    #expect(loaded.vocabularySize == 100278)
    #expect(loaded.endID == 100257)
    #expect(try TokenizerFile.load(path: folder.path) as? ByteLevelBPETokenizer == loaded)
    let json = try folder.write("t.json", loaded.tokenizerJSON())
    #expect(try TokenizerFile.load(path: json) as? ByteLevelBPETokenizer == loaded)
  }

  @Test(arguments: [
    ("r50k_base", "YQ 0\n", "\"YQ 0\""), ("r50k_base", "YQ== x\n", "\"YQ== x\""),
    ("r50k_base", "YQ==\n", "\"YQ==\""), ("r50k_base", "Y*== 1\n", "\"Y*== 1\""),
    ("r50k_base", "YQ== 1\nYg== 1\n", "the rank 1 for two"),
    ("r50k_base", "YQ== 1\nYQ== 2\n", "the token of rank 2 again at rank 1"),
    ("r50k_base", "YQ== 50256\n", "the rank 50256 for two"),
    ("r50k_base", "YQ== 8000000\n", "\"YQ== 8000000\""),
    ("r50k_base", String(repeating: "YWFh", count: 342) + " 1\n", "\"YWFhYWFh"),
    ("r50k_base", "YQ== 1\n", "without \"Ā\", the byte 0"),
    ("other", "YQ== 0\n", "the name other.tiktoken"),
  ])
  func damagedTiktokenFilesAreRefused(name: String, text: String, fragment: String) throws {
    let path = try folder.write("\(name).tiktoken", text)
    let error = #expect(throws: InputError.self) { try TokenizerFile.load(path: path) }
    #expect(error?.subject.hasPrefix(path) == true)
    #expect(error?.found.contains(fragment) == true, "\(String(describing: error))")
  }
}
