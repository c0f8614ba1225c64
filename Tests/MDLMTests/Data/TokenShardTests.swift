import Testing

@testable import MDLM

@Suite struct TokenShardTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  /// A header with the given numbers, before `body`.
  private static func shard(
    version: UInt8 = 1, width: UInt8 = 2, count: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0],
    body: [UInt8] = [1, 0, 2, 1]
  ) -> [UInt8] {
    Array("mdlm.tok".utf8) + [version, 0, 0, 0, width, 0, 0, 0] + count + body
  }

  @Test func bytesOfAShardAreFixed() throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write([1, 258], to: path)
    #expect(try InputFile.contents(of: path) == Self.shard())
    #expect(try folder.files == ["a.bin"])
  }

  @Test(arguments: [[0, 1, 65_535], [0, 65_536, Int32.max - 1], [7]])
  func tokensSurviveTheFile(tokens: [Int32]) throws {
    let path = folder.path + "/a.bin"
    try TokenShard.write(tokens, to: path)
    #expect(try TokenShard.read(path: path) == tokens)
  }

  @Test func rawFilesAreLittleEndian() throws {
    let path = try folder.write("a.bin", [1, 0, 2, 1])
    #expect(try TokenShard.read(path: path, rawUInt16: true) == [1, 258])
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var raw = false
    var limit: Int?
    var fragment: String
    var testDescription: String { fragment }
  }

  private static let foreign: [UInt8] = [0x88, 0xD8, 0x34, 0x01, 1, 0, 0, 0]

  @Test(arguments: [
    Damage(bytes: [], fragment: "an empty file"),
    Damage(bytes: [], raw: true, fragment: "an empty file"),
    Damage(bytes: [1, 0, 2], raw: true, fragment: "3 bytes, expected an even number"),
    Damage(bytes: [1, 0, 2, 0], fragment: "--raw-uint16"),
    Damage(bytes: foreign, fragment: "an llm.c token shard, expected an mdlm shard"),
    Damage(bytes: foreign, raw: true, fragment: "an llm.c token shard, expected uint16 ids"),
    Damage(bytes: shard(), raw: true, fragment: "Drop --raw-uint16"),
    Damage(bytes: Array(shard().prefix(20)), fragment: "20 bytes, expected a header of 24"),
    Damage(bytes: shard(version: 9), fragment: "format version 9"),
    Damage(bytes: shard(width: 3), fragment: "3 bytes per token"),
    Damage(bytes: shard(width: 0), fragment: "0 bytes per token"),
    Damage(bytes: Array(shard().dropLast()), fragment: "3 bytes of ids, expected 2 ids of 2 bytes"),
    Damage(bytes: shard() + [0, 0], fragment: "6 bytes of ids"),
    Damage(
      bytes: shard(count: [2, 0, 0, 0, 0, 0, 0, 0x80]), fragment: "9223372036854775810 ids of 2"),
    Damage(bytes: shard(count: Array(repeating: 0, count: 8), body: []), fragment: "no tokens"),
    Damage(bytes: shard(), limit: 258, fragment: "the id 258 at token 1"),
    Damage(bytes: [5, 0, 4, 0], raw: true, limit: 5, fragment: "the id 5 at token 0"),
    Damage(
      bytes: shard(width: 4, count: [1, 0, 0, 0, 0, 0, 0, 0], body: [0xFF, 0xFF, 0xFF, 0xFF]),
      fragment: "the id 4294967295 at token 0"),
  ])
  func unusableShards(damage: Damage) throws {
    let path = try folder.write("a.bin", damage.bytes)
    let error = #expect(throws: InputError.self) {
      try TokenShard.read(path: path, rawUInt16: damage.raw, vocabularySize: damage.limit)
    }
    #expect(error?.category == .badData)
    #expect(error?.subject == path)
    #expect(error?.description.contains(damage.fragment) == true, "\(String(describing: error))")
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
