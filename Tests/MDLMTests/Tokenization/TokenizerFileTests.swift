import Foundation
import Testing

@testable import MDLM

@Suite struct TokenizerFileTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  @Test func characterTokenizerSurvivesTheFile() throws {
    let written = try CharacterTokenizer(
      text: "ab \"\\\n\t\u{0}é🙂\u{3A9}\u{2126}", specials: [.begin, .end, .padding])
    let path = try folder.write("tokenizer.json", written.tokenizerJSON())
    #expect(try TokenizerFile.load(path: path) as? CharacterTokenizer == written)
  }

  @Test(arguments: [[], [SpecialToken.padding], [.begin, .end]])
  func byteTokenizerSurvivesTheFile(specials: [SpecialToken]) throws {
    let written = ByteTokenizer(specials: Set(specials))
    let path = try folder.write("tokenizer.json", written.tokenizerJSON())
    #expect(try TokenizerFile.load(path: path) as? ByteTokenizer == written)
  }

  @Test func text8TokenizerSurvivesTheFileInADirectory() throws {
    _ = try folder.write("tokenizer.json", Text8Tokenizer().tokenizerJSON())
    #expect(try TokenizerFile.load(path: folder.path) is Text8Tokenizer)
  }

  @Test func dnaTokenizerSurvivesTheFile() throws {
    let path = try folder.write("tokenizer.json", DNATokenizer().tokenizerJSON())
    #expect(try TokenizerFile.load(path: path) is DNATokenizer)
  }

  /// A file, edited by one replacement, and what the message must say.
  struct Damage: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var fragment: String
    var testDescription: String { fragment }
  }

  @Test(arguments: [
    Damage(old: "WordLevel", new: "BPE", fragment: "model.unk_token \"[UNK]\""),
    Damage(old: "WordLevel", new: "Unigram", fragment: "model type 'Unigram'"),
    Damage(old: "\"model\"", new: "\"modell\"", fragment: "no key 'model'"),
    Damage(old: "\"type\": \"WordLevel\",", new: "", fragment: "a model without a type"),
    Damage(old: "\"Split\"", new: "\"Metaspace\"", fragment: "pre_tokenizer 'Metaspace'"),
    Damage(old: "\"Fuse\"", new: "\"WordPiece\"", fragment: "decoder 'WordPiece'"),
    Damage(old: "\"a\": 0", new: "\"ab\": 0", fragment: "the word \"ab\""),
    Damage(old: "\"a\": 0", new: "\"a\": 9", fragment: "\"b\" with id 1"),
    Damage(old: "\"a\": 0", new: "\"b\": 0", fragment: "the key \"b\" a second time"),
    Damage(old: "\"a\": 0", new: "\"a\": -1", fragment: "model.vocab[\"a\"] is -1"),
    Damage(old: "\"a\": 0", new: "\"a\": \"0\"", fragment: "model.vocab[\"a\"] is \"0\""),
    Damage(old: "\"[MASK]\": 2", new: "\"c\": 2", fragment: "3 tokens, expected 4"),
    Damage(old: "\"vocab\"", new: "\"words\"", fragment: "model.vocab is missing"),
    Damage(old: "\"version\": ", new: "\"version\" ", fragment: "\":\" after the key"),
  ])
  func otherFilesAreRefusedByName(damage: Damage) throws {
    let json = try CharacterTokenizer(text: "ab").tokenizerJSON()
    let range = try #require(json.range(of: damage.old, options: .backwards))
    let path = try folder.write("x.json", json.replacingCharacters(in: range, with: damage.new))
    let error = #expect(throws: InputError.self) { try TokenizerFile.load(path: path) }
    #expect(error?.category == .badData)
    #expect(error?.description.contains(damage.fragment) == true, "\(String(describing: error))")
    #expect(error?.subject.hasPrefix(path) == true)
  }

  @Test func directoryWithoutTokenizerIsMissingInput() {
    let error = #expect(throws: InputError.self) {
      try TokenizerFile.load(path: folder.path)
    }
    #expect(error?.category == .missingInput)
    #expect(error?.subject == folder.path)
    #expect(error?.expected.contains("tokenizer.json") == true)
  }

  @Test(arguments: ["none.json", "vocab.json", "gpt2.tiktoken"])
  func missingFileIsMissingInput(name: String) {
    let error = #expect(throws: InputError.self) {
      try TokenizerFile.load(path: "\(folder.path)/\(name)")
    }
    #expect(error?.category == .missingInput)
    #expect(error?.subject == "\(folder.path)/\(name)")
  }
}
