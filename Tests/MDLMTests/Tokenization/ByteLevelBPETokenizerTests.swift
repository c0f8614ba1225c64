import Foundation
import Testing

@testable import MDLM

@Suite struct ByteLevelBPETokenizerTests {
  @Test func textIsSplitAndMerged() throws {
    let tokenizer = try makeByteLevelBPE()
    // hello, Ġw, o, r, ll, hell, o
    let ids = try tokenizer.encode("hello worllhello")
    #expect(ids == [259, 260, 0x6F, 0x72, 257, 259])
    #expect(try tokenizer.encode("") == [])
  }

  @Test func specialTokensAreFoundByName() throws {
    let tokenizer = try makeByteLevelBPE()
    let ids = try tokenizer.encode("hello<|endoftext|>he")
    #expect(ids == [259, 261, 256])
    #expect(tokenizer.decode(ids) == "hellohe")
  }

  @Test func theMaskIsOneBeyondTheFile() throws {
    let tokenizer = try makeByteLevelBPE()
    #expect(tokenizer.vocabularySize == 263)
    #expect(tokenizer.maskID == 262)
    #expect(tokenizer.beginID == 261)
    #expect(tokenizer.endID == 261)
    #expect(tokenizer.paddingID == nil)
    #expect(tokenizer.unknownID == nil)
    #expect(tokenizer.specialIDs == [261, 262])
    #expect(tokenizer.name(of: 262) == "[MASK]")
  }

  @Test func theFileMayHaveAMask() throws {
    let tokenizer = try makeByteLevelBPE(special: ["[MASK]", "[BOS]", "[EOS]", "[PAD]"])
    #expect(tokenizer.vocabularySize == 265)
    #expect(tokenizer.maskID == 261)
    #expect(tokenizer.beginID == 262)
    #expect(tokenizer.endID == 263)
    #expect(tokenizer.paddingID == 264)
  }

  @Test func namesAreInTheByteLevelAlphabet() throws {
    let tokenizer = try makeByteLevelBPE()
    #expect(
      [0x20, 0xE9, 260, 261, 999, -1].map(tokenizer.name) == [
        "Ġ", "é", "Ġw", "<|endoftext|>", "[999]", "[-1]",
      ])
  }

  @Test func idsOfNoTokenDecodeToNothing() throws {
    #expect(try makeByteLevelBPE().decodeBytes([-1, 259, 262, 999, .max]) == Array("hello".utf8))
  }

  @Test(arguments: SplitPattern.allCases)
  func anyBytesSurvive(pattern: SplitPattern) throws {
    var random = SplitMix64(5)
    let tokenizer = try makeByteLevelBPE(special: [], pattern: pattern)
    let alphabet = Array("hello w\u{e9}\u{301}\u{3000}1 '\n".utf8) + [0xFF, 0xC0, 0x80, 0xF0, 0]
    for round in 0..<500 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
        round.isMultiple(of: 2)
          ? UInt8.random(in: 0...255, using: &random)
          : alphabet.randomElement(using: &random) ?? 0
      }
      let text = SourceText(bytes[...], name: "x")
      let ids = tokenizer.encode(text)
      #expect(tokenizer.decodeBytes(ids) == bytes)
      #expect(tokenizer.byteCount(of: text, tokens: ids.count) == bytes.count)
    }
  }

  @Test func partsOfATextAreEncodedWhereTheyStand() throws {
    let bytes = Array("xxhello".utf8)
    #expect(try makeByteLevelBPE().encode(SourceText(bytes[2...], name: "x")) == [259])
  }

  @Test func bytesOfTheFirstTokensAreCounted() throws {
    let tokenizer = try makeByteLevelBPE()
    let text = SourceText("hello world")
    #expect(
      (0...9).map { tokenizer.byteCount(of: text, tokens: $0) } == [
        0, 5, 7, 8, 9, 10, 11, 11, 11, 11,
      ])
  }

  @Test func aKeptEncoderReturnsTheSameIDs() throws {
    let tokenizer = try makeByteLevelBPE()
    let encoder = tokenizer.makeEncoder()
    var random = SplitMix64(9)
    for _ in 0..<2_000 {
      let text = SourceText(
        String(
          (0..<Int.random(in: 0...30, using: &random)).map { _ in
            Array("helowr ld'<").randomElement(using: &random) ?? "h"
          }))
      var ids: [Int32] = []
      try encoder.append(text, to: &ids)
      #expect(ids == tokenizer.encode(text))
    }
  }

  /// Keys that String holds to be equal are different tokens.
  @Test func canonicallyEqualTokensDiffer() throws {
    let ohm = Array("\u{2126}".utf8).map { String(ByteTokenizer.letters[Int($0)]) }
    let omega = Array("\u{3A9}".utf8).map { String(ByteTokenizer.letters[Int($0)]) }
    let tokenizer = try makeByteLevelBPE([
      (ohm[0], ohm[1]), (ohm[0] + ohm[1], ohm[2]), (omega[0], omega[1]),
    ])
    #expect(try tokenizer.encode("\u{2126}\u{3A9}\u{2126}") == [257, 258, 257])
    let added = try makeByteLevelBPE([], special: ["\u{2126}", "\u{3A9}"])
    #expect(try added.encode("\u{3A9}\u{2126}") == [257, 256])
  }
}

// MARK: - Ids of Hugging Face tokenizers

extension ByteLevelBPETokenizerTests {
  private struct Encoding: Decodable {
    var text: String
    var ids: [Int32]?
    var gpt2: [Int32]?
  }

  private func encodings(_ path: String) throws -> [Encoding] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Encoding.self, from: Data($0.utf8)) }
  }

  /// The fixture was trained and its texts were encoded with `tokenizers` 0.23.3.
  @Test func idsEqualThoseOfTheFixture() throws {
    let loaded = try TokenizerFile.load(path: Golden.fixtures + "/byte_level_bpe.json")
    let tokenizer = try #require(loaded as? ByteLevelBPETokenizer)
    let encodings = try encodings(Golden.fixtures + "/byte_level_bpe_encodings.jsonl")
    #expect(encodings.count == 290)
    for encoding in encodings {
      let ids = tokenizer.framed(try tokenizer.encode(encoding.text))
      #expect(ids == encoding.ids, "\(encoding.text.debugDescription)")
    }
  }

  private static let tokenizers = URL(filePath: #filePath).appending(
    path: "../../../../../shared/data/tokenizers"
  ).standardized.path

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: tokenizers + "/golden_encodings.jsonl"),
      "needs GPT-2's files (../shared/data/tokenizers)"),
    arguments: ["gpt2", "gpt2/merges.txt"])
  func idsEqualThoseOfGPT2(file: String) throws {
    let tokenizer = try TokenizerFile.load(path: "\(Self.tokenizers)/\(file)")
    #expect(tokenizer.vocabularySize == 50258)
    #expect(tokenizer.maskID == 50257)
    #expect(tokenizer.beginID == 50256)
    #expect(tokenizer.endID == 50256)
    #expect(tokenizer.paddingID == nil)
    let encodings = try encodings(Self.tokenizers + "/golden_encodings.jsonl")
    #expect(encodings.count == 87)
    for encoding in encodings {
      #expect(try tokenizer.encode(encoding.text) == encoding.gpt2, "\(encoding.text)")
    }
  }
}
