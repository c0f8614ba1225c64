import Foundation
import Testing

@testable import MDLM

@Suite struct TokenShardTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  /// A header with the given numbers, before `body`.
  private static func shard(
    version: UInt8 = 2, width: UInt8 = 2, count: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0],
    documents: UInt8 = 0, body: [UInt8] = [1, 0, 2, 1]
  ) -> [UInt8] {
    Array("mdlm.tok".utf8) + [version, 0, 0, 0, width, 0, 0, 0] + count
      + [documents] + [UInt8](repeating: 0, count: 71) + body
  }

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  @Test func bytesOfAShardAreFixed() throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write([1, 258], to: path)
    #expect(try InputFile.contents(of: path) == Self.shard())
    #expect(try folder.files == ["a.bin"])
  }

  /// How text was read is kept by numbers, which must stay what they are.
  @Test func readingSurvivesTheFile() throws {
    let path = folder.path + "/a.bin"
    var known: [[UInt8]] = []
    for documents in DocumentBoundary.allCases {
      for detokenizer in Detokenizer.allCases {
        for lineEnds in LineEnds.allCases {
          let reading = TextReading(
            documents: documents, detokenizer: detokenizer, lineEnds: lineEnds)
          try TokenShard.write([1, 2], reading: reading, to: path)
          #expect(try TokenShard(path: path).reading == reading)
          known.append(Array(try InputFile.contents(of: path)[72..<75]))
        }
      }
    }
    #expect(known.first == [1, 1, 1] && known.last == [2, 6, 3] && known.count == 36)
    #expect(
      Detokenizer.allCases == [.none, .wikitext, .ptb, .lm1b, .lambada, .scientificPapers])
    #expect(DocumentBoundary.allCases == [.lines, .stream])
    #expect(LineEnds.allCases == [.dropped, .kept, .trimmed])
    var bytes = Self.shard()
    bytes[73] = 9
    let error = #expect(throws: InputError.self) {
      try TokenShard(path: folder.write("b.bin", bytes))
    }
    #expect(error?.found == "the codes [0, 9, 0] for how text was read")
  }

  /// Ids are looked at whenever they are read: the file may have changed.
  @Test func idsBeyondTheLimitAreNotRead() throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write([1, 2, 3, 9, 4], to: path)
    let shard = try TokenShard(path: path).limited(vocabularySize: 9, maskID: 8)
    var tokens: [Int32] = []
    try shard.read(0..<3, appendingTo: &tokens)
    #expect(tokens == [1, 2, 3])
    let error = #expect(throws: InputError.self) { try shard.read(2..<5, appendingTo: &tokens) }
    #expect(error?.found == "the id 9 at token 3")
    let mask = try TokenShard(path: path).limited(vocabularySize: 10, maskID: 4)
    #expect(throws: InputError.self) { try mask.read(4..<5, appendingTo: &tokens) }
  }

  @Test(arguments: [[0, 1, 65_535], [0, 65_536, Int32.max - 1], [7]])
  func tokensSurviveTheFile(tokens: [Int32]) throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write(tokens, to: path)
    #expect(try TokenShard(path: path).tokens() == tokens)
  }

  @Test func rawFilesAreLittleEndian() throws {
    let path = try folder.write("a.bin", [1, 0, 2, 1])
    #expect(try TokenShard(path: path, rawUInt16: true).tokens() == [1, 258])
  }

  @Test(arguments: [1, 2, 3, 4, 5])
  func documentsAndTheVocabularySurviveTheFile(count: Int) throws {
    let path = folder.path + "/a.bin"
    let tokenizer = Text8Tokenizer()
    let tokens = (0..<Int32(count)).map { $0 + 8 }
    let ends = [0, count / 2, count]
    try TokenShard.write(tokens, documentEnds: ends, tokenizer: tokenizer, to: path)
    let shard = try TokenShard(path: path)
    #expect(try shard.tokens() == tokens)
    #expect(shard.documentEnds == ends)
    #expect(shard.vocabularySize == 35)
    #expect(shard.tokenizerFingerprint == tokenizer.fingerprint)
    #expect(throws: InputError.self) {
      try shard.check(ByteTokenizer(), fingerprint: ByteTokenizer().fingerprint)
    }
  }

  /// What llm.c writes: 256 int32 of header, of which the first three say something.
  private static func foreign(
    _ magic: [UInt8] = [0x88, 0xD8, 0x34, 0x01], version: UInt8 = 1, count: UInt8 = 2,
    body: [UInt8] = [1, 0, 2, 1]
  ) -> [UInt8] {
    magic + [version, 0, 0, 0, count, 0, 0, 0] + [UInt8](repeating: 0, count: 1012) + body
  }

  @Test func shardsOfOtherProgramsAreKnownByTheirMagic() throws {
    let gpt2 = try folder.write("a.bin", Self.foreign())
    #expect(try TokenShard(path: gpt2).tokens() == [1, 258])
    let llama3 = try folder.write(
      "b.bin",
      Self.foreign([0xA1, 0xD9, 0x34, 0x01], version: 7, count: 1, body: [1, 2, 1, 0]))
    #expect(try TokenShard(path: llama3).tokens() == [66_049])
  }

  @Test func truncationWhileReadingIsAnError() throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write(Array(0..<1000), to: path)
    let shard = try TokenShard(path: path)
    _ = try folder.write("a.bin", Array(InputFile.contents(of: path).prefix(500)))
    let error = #expect(throws: InputError.self) { try shard.tokens() }
    #expect(error?.found.hasPrefix("its end") == true)
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var raw = false
    var fragment: String
    var testDescription: String { fragment }
  }

  @Test(arguments: [
    Damage(bytes: [], fragment: "an empty file"),
    Damage(bytes: [], raw: true, fragment: "an empty file"),
    Damage(bytes: [1, 0, 2], raw: true, fragment: "3 bytes, expected an even number"),
    Damage(bytes: [1, 0, 2, 0], fragment: "--raw-uint16"),
    Damage(bytes: Array(foreign().prefix(8)), fragment: "8 bytes, expected an llm.c header"),
    Damage(bytes: foreign(version: 2), fragment: "version 2 of an llm.c shard"),
    Damage(bytes: foreign(count: 3), fragment: "1028 bytes, expected 1030: 3 ids"),
    Damage(bytes: foreign(), raw: true, fragment: "an llm.c token shard, expected uint16 ids"),
    Damage(bytes: shard(), raw: true, fragment: "Drop --raw-uint16"),
    Damage(bytes: Array(shard().prefix(20)), fragment: "20 bytes, expected a header of 96"),
    Damage(bytes: Array(shard().prefix(10)), fragment: "10 bytes, expected a header of 96"),
    Damage(bytes: shard(version: 1), fragment: "format version 1"),
    Damage(bytes: shard(version: 9), fragment: "format version 9"),
    Damage(bytes: shard(width: 3), fragment: "3 bytes per token"),
    Damage(bytes: shard(width: 0), fragment: "0 bytes per token"),
    Damage(bytes: Array(shard().dropLast()), fragment: "99 bytes, expected 100: 2 ids of 2 bytes"),
    Damage(bytes: shard() + [0, 0], fragment: "102 bytes"),
    Damage(
      bytes: shard(count: [2, 0, 0, 0, 0, 0, 0, 0x80]), fragment: "9223372036854775810 ids of 2"),
    Damage(bytes: shard(count: Array(repeating: 0, count: 8), body: []), fragment: "no tokens"),
    Damage(
      bytes: shard(width: 4, count: [1, 0, 0, 0, 0, 0, 0, 0], body: [0xFF, 0xFF, 0xFF, 0xFF]),
      fragment: "the id 4294967295 at token 0"),
    Damage(
      bytes: shard(
        documents: 2, body: [1, 0, 2, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1] + zeros(7)),
      fragment: "the end of document 1 at token 1"),
    Damage(
      bytes: shard(documents: 1, body: [1, 0, 2, 1, 0, 0, 0, 0, 1] + zeros(7)),
      fragment: "the last document's end at token 1"),
    Damage(bytes: shard(documents: 1), fragment: "112: 2 ids of 2 bytes and the ends of 1 doc"),
  ])
  func unusableShards(damage: Damage) throws {
    let path = try folder.write("a.bin", damage.bytes)
    let error = #expect(throws: InputError.self) {
      try TokenShard(path: path, rawUInt16: damage.raw).tokens()
    }
    #expect(error?.category == .badData)
    #expect(error?.subject == path)
    #expect(error?.description.contains(damage.fragment) == true, "\(String(describing: error))")
  }

  /// A file without content can be so long that the numbers in its header fit it.
  @Test(arguments: [UInt64(1) << 61, 1 << 62, .max >> 1])
  func headersOfHugeFilesDoNotOverflow(count: UInt64) throws {
    let little = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    let memory = "/dev/shm"
    let path =
      FileSystem.isDirectory(memory)
      ? "\(memory)/mdlm-\(UUID().uuidString).bin" : "\(folder.path)/huge.bin"
    defer { FileSystem.remove(path) }
    for (tokens, documents) in [(little, Self.zeros(8)), (Self.zeros(8), little), (little, little)]
    {
      try write(
        Array("mdlm.tok".utf8) + [2, 0, 0, 0, 4, 0, 0, 0] + tokens + documents + Self.zeros(64),
        to: path)
      // As long as the file system allows; not all do.
      let size = (48..<63).reversed().first { truncate(path, (1 << $0 - 1) * 2 + 1) == 0 }
      #expect(size != nil)
      #expect(throws: InputError.self) { try TokenShard(path: path) }
    }
  }

  @Test func unwritablePlaceLeavesNothing() throws {
    let error = #expect(throws: InputError.self) {
      try TokenShard.write([1], to: folder.path + "/none/a.bin")
    }
    #expect(error?.category == .cannotWrite)
    #expect(try folder.files.isEmpty)
  }

  @Test func directoryInTheWayLeavesNothing() throws {
    let parent = try #require(folder.path.split(separator: "/").last)
    let error = #expect(throws: InputError.self) {
      try TokenShard.write([1], to: folder.path + "/../\(parent)")
    }
    #expect(error?.category == .cannotWrite)
    #expect(try folder.files.isEmpty)
  }
}
