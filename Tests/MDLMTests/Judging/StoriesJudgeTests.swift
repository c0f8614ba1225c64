import Foundation
import Testing

@testable import MDLM

/// Where the published network lies beside the checkout.
enum StoriesModel {
  static let folder = URL(filePath: #filePath).appending(
    path: "../../../../../shared/data/weights/stories260K"
  )
  .standardized.path

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder + "/stories260K.bin") }
}

/// A published network, where the shared data are: stories260K of karpathy/tinyllamas.
@Suite(.enabled(if: StoriesModel.isThere, "needs ../shared/data/weights/stories260K"))
struct StoriesJudgeTests {
  private func judge() throws -> TextJudge {
    try TextJudge(path: StoriesModel.folder, on: Device(threads: 2))
  }

  private static let beginning =
    "Once upon a time, there was a little girl named Lily. She loved to play outside in the park."

  /// What a forward pass in double precision gives (PyTorch 2.13.0, straight from the definitions).
  @Test(arguments: [
    (beginning, 31, 5.5910205263673305),
    ("The cät sat on 3 mats\nand  slept.", 22, 178.32765151373752), ("", 0, 0),
  ])
  func scoreIsThatOfPyTorch(text: String, tokens: Int, nll: Double) throws {
    let score = try #require(try judge().scores(of: [text])?.first)
    #expect(score.tokens == tokens)
    #expect(abs(score.nll - nll) <= 2e-5 * nll)
  }

  /// The known greedy continuation: at every place no other token is likelier.
  @Test(.releaseOnly) func greedyContinuationIsTheKnownOne() throws {
    let tokenizer = try LlamaTokenizer(
      path: StoriesModel.folder + "/tok512.bin", vocabularySize: 512)
    let network = try judge().network
    let tokens = [LlamaTokenizer.beginID] + tokenizer.encode(Self.beginning)
    for length in 2...tokens.count {
      let prefix = tokens[..<(length - 1)]
      let nlls = network.negativeLogLikelihoods(
        (0..<Int32(512)).flatMap { prefix + [$0] }, length: length,
        at: (0..<Int32(512)).map { ($0 + 1) * Int32(length) - 1 })
      let likeliest = nlls.indices.min { nlls[$0] < nlls[$1] }
      #expect(likeliest == Int(tokens[length - 1]))
    }
  }
}
