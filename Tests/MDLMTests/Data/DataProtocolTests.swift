import Foundation
import Testing

@testable import MDLM

@Suite struct DataProtocolTests {
  /// What scripts/protocol_rows.py prints: rows made with Python's re and Hugging Face tokenizers.
  struct Rows: Sendable, CustomTestStringConvertible {
    let name: String
    let count: Int
    let tokens: Int
    let fingerprint: String
    var testDescription: String { name }

    init(_ name: String, _ count: Int, _ tokens: Int, _ fingerprint: String) {
      (self.name, self.count, self.tokens, self.fingerprint) = (name, count, tokens, fingerprint)
    }
  }

  private static let data = URL(filePath: #filePath)
    .appending(path: "../../../../../shared/data").standardized.path
  private static let areCorporaThere = FileSystem.exists(data + "/ptb/ptb.valid.txt")

  @Test(
    .enabled(if: areCorporaThere, "needs the corpora (../shared/data)"), .releaseOnly,
    arguments: [
      Rows(
        "ptb", 74, 75_776, "7d064f2034149a770ca4183ee0c55bc5c9514b2ceb618ba14ad1feefd62b8eba"),
      Rows(
        "wikitext", 235, 240_640,
        "ad8eacab73660205baf18114d4a7953a26b6d063f0b4a97dbeacc25f19f1e1d2"),
      Rows(
        "lm1b-gpt2", 164, 167_936,
        "69df602850be02251a08c8abf14ccc7b4ceae25bce769c6678fbcf6b86c71849"),
      Rows(
        "lambada", 412, 421_888,
        "2d8417619e82b031900b2f673a83f651fb45d171bd2af2a2e19f122ec1dc110f"),
      Rows(
        "ag_news", 380, 389_120,
        "8a6ec666c7b933aeb83d5893f882c685c70e3d50608d81057f32d7cd3f1ccb00"),
      Rows(
        "lm1b", 6075, 183_889, "769f8aa5e9613a01712fc3a92e257c36f5feec84627651002fd7bc1b902b8f90"),
      Rows(
        "lm1b-packed", 1414, 180_992,
        "659c31df4661a5a776758107a7d8c2c41f62c37592d2be44f04bba092b290c66"),
    ])
  func rowsAreThoseOfThePublishedPipeline(rows expected: Rows) throws {
    let published = try #require(DataProtocol.named(expected.name))
    let path = try #require(published.path(in: Self.data))
    let folder = published.tokenizer == .gpt2 ? "gpt2" : "bert-base-uncased"
    let tokenizer = try TokenizerFile.load(path: "\(Self.data)/tokenizers/\(folder)")
    #expect(tokenizer.vocabularySize == published.tokenizer.vocabularySize)
    #expect(tokenizer.fingerprint == published.tokenizer.fingerprint)
    let source = try published.dataSource(path: path, length: published.length)
    let rows = try #require(
      try source.load(published.split, tokenizer: tokenizer).rows[published.split])
    #expect(rows.count == expected.count)
    #expect((0..<rows.count).reduce(0) { $0 + rows.unpaddedLength(of: $1) } == expected.tokens)
    #expect(try rows.fingerprint() == expected.fingerprint)
  }

  @Test func namesAreDistinctAndTheSuiteIsWhole() {
    #expect(Set(DataProtocol.all.map(\.name)).count == DataProtocol.all.count)
    #expect(DataProtocol.zeroShot.count == 7)
    #expect(DataProtocol.zeroShot.allSatisfy { $0.tokenizer == .gpt2 && $0.length == 1024 })
  }

  @Test func preparedFilesComeFirst() throws {
    let folder = try DataFolder()
    let published = try #require(DataProtocol.named("ptb"))
    #expect(published.path(in: folder.path) == nil)
    let text = try folder.write("ptb/ptb.valid.txt", " aer banknote \n")
    #expect(published.path(in: folder.path) == text)
    let shard = folder.path + "/ptb/ptb.valid.txt.bin"
    try TokenShard.write([1, 2], documentEnds: [2], reading: published.reading, to: shard)
    #expect(published.path(in: folder.path) == shard)
    #expect(try published.dataSource(path: shard, length: 8).reading.format == .shard)
  }

  @Test func shardsOlderThanTheirTextAreKnown() throws {
    let folder = try DataFolder()
    let published = try #require(DataProtocol.named("ptb"))
    let text = try folder.write("ptb/ptb.valid.txt", "a\n")
    let shard = try folder.write("ptb/ptb.valid.txt.bin", "b")
    func change(_ path: String, at seconds: Double) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
    }
    try change(text, at: 1000)
    try change(shard, at: 1001)
    #expect(published.newerText(than: shard) == nil)
    try change(text, at: 1002)
    #expect(published.newerText(than: shard) == text)
    #expect(published.newerText(than: text) == nil)
  }

  @Test func corporaToMeasureAreNoTrainingText() throws {
    let published = try #require(DataProtocol.named("lambada"))
    let error = published.missing(in: "corpora", forRun: true, training: true)
    #expect(error.subject == "data.train" && error.found.contains("only measured"))
  }

  /// A shard that was made in another way, or does not say how, cannot stand for the corpus.
  @Test(arguments: [nil, TextReading(), TextReading(detokenizer: .ptb)])
  func shardsMadeOtherwiseAreRefused(reading: TextReading?) throws {
    let folder = try DataFolder()
    let published = try #require(DataProtocol.named("ptb"))
    let shard = folder.path + "/a.bin"
    try TokenShard.write([1, 2], documentEnds: [2], reading: reading, to: shard)
    let error = #expect(throws: InputError.self) {
      try published.dataSource(path: shard, length: 8)
    }
    #expect(error?.subject == shard && error?.remedy.contains("--protocol ptb") == true)
  }

  /// A place that stands in for that of the published figures is known as such.
  @Test func standInsAreTold() throws {
    let folder = try DataFolder()
    let published = try #require(DataProtocol.named("lm1b"))
    let shard = try folder.write("lm1b/news.en.heldout-00000-of-00050", "a b\n")
    #expect(published.path(in: folder.path) == shard)
    let whole = folder.path + "/lm1b/heldout"
    #expect(published.placeNotThere(whenReading: shard, in: folder.path) == whole)
    _ = try folder.write("lm1b/heldout/news.en.heldout-00001-of-00050", "c\n")
    #expect(published.path(in: folder.path) == whole)
    #expect(published.placeNotThere(whenReading: whole, in: folder.path) == nil)
    #expect(published.placeNotThere(whenReading: whole + ".bin", in: folder.path) == nil)
    let rows = try published.dataSource(path: whole, length: 8)
      .load(.train, tokenizer: ByteTokenizer(specials: [.begin, .end, .padding])).rows[.train]
    #expect(rows?.count == 1)
  }

  @Test func rowsMadeOtherwiseAreNotTheProtocols() throws {
    let published = try #require(DataProtocol.named("text8"))
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { Unicode.Scalar($0) }
    let tokenizer = CharacterTokenizer(scalars: [" "] + letters, specials: [])
    #expect(published.hasRows(packing: .plain, length: 256, tokenizer: tokenizer))
    #expect(!published.hasRows(packing: .wrapped(), length: 256, tokenizer: tokenizer))
    #expect(!published.hasRows(packing: .plain, length: 128, tokenizer: tokenizer))
    #expect(!published.hasRows(packing: .plain, length: 256, tokenizer: Text8Tokenizer()))
    #expect(!published.hasRows(packing: .plain, length: 256, tokenizer: nil))
  }

  /// Two sentences of Penn Treebank, joined without anything between, in rows of six bytes.
  @Test func rulesAreApplied() throws {
    let folder = try DataFolder()
    let path = try folder.write("a.txt", " it 's N \n a <unk> \n")
    let published = try #require(DataProtocol.named("ptb"))
    let tokenizer = ByteTokenizer(specials: [.begin, .end])
    let data = try published.dataSource(path: path, length: 8).load(.train, tokenizer: tokenizer)
    let rows = try #require(data.rows[.train])
    // "it's N" (its N is at the end, without the space that the rule wants behind it) and "a ?".
    #expect(tokenizer.decode(rows.tokens) == "it's N")
    #expect(rows.tokens.first == tokenizer.beginID && rows.tokens.last == tokenizer.endID)
    #expect(data.notes == ["train: dropped 3 tokens at the ends of groups, short of a row of 8"])
  }
}
