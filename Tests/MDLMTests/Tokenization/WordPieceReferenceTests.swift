import Foundation
import Testing

@testable import MDLM

/// The vocabulary of bert-base-uncased and ids that Hugging Face tokenizers gives.
@Suite(.enabled(if: BertFiles.areThere, BertFiles.absence))
struct WordPieceReferenceTests {
  private struct Golden: Decodable {
    let text: String
    let ids: [Int32]

    enum CodingKeys: String, CodingKey {
      case text
      case ids = "bert_uncased"
    }
  }

  @Test(arguments: ["tokenizer.json", "vocab.txt"])
  func goldenEncodings(file: String) throws {
    let tokenizer = try BertFiles.tokenizer(file)
    let lines = try #require(
      FileManager.default.contents(atPath: BertFiles.folder + "/golden_encodings.jsonl"))
    var count = 0
    for line in lines.split(separator: 0x0A) {
      let golden = try JSONDecoder().decode(Golden.self, from: line)
      #expect(
        tokenizer.framed(try tokenizer.encode(golden.text)) == golden.ids,
        "\(golden.text.debugDescription)")
      count += 1
    }
    #expect(count == 87)
  }

  @Test func specialTokens() throws {
    let tokenizer = try BertFiles.tokenizer("tokenizer.json")
    #expect(tokenizer.vocabularySize == 30522)
    #expect(tokenizer.maskID == 103)
    #expect([tokenizer.beginID, tokenizer.endID, tokenizer.separatorID] == [101, 102, 101])
    #expect([tokenizer.paddingID, tokenizer.unknownID] == [0, 100])
    #expect(tokenizer.specialIDs == [0, 100, 101, 102, 103])
  }

  @Test func bothFilesAreTheSameVocabulary() throws {
    #expect(
      try BertFiles.tokenizer("tokenizer.json").fingerprint
        == BertFiles.tokenizer("vocab.txt").fingerprint)
  }
}

enum BertFiles {
  static let folder = URL(filePath: #filePath)
    .appending(path: "../../../../../shared/data/tokenizers").standardized.path
  static let areThere = FileManager.default.fileExists(
    atPath: folder + "/bert-base-uncased/vocab.txt")
  static let absence: Comment = "needs bert-base-uncased (../shared/data/tokenizers)"

  static func tokenizer(_ file: String) throws -> WordPieceTokenizer {
    let path = "\(folder)/bert-base-uncased/\(file)"
    return try #require(try TokenizerFile.load(path: path) as? WordPieceTokenizer)
  }
}
