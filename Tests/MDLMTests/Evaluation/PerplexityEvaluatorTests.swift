import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct PerplexityEvaluatorTests {
  private let settings = DiffusionSettings(maskID: 8)

  private func network(on device: Device = Device(threads: 2), isTrained: Bool = true)
    -> DiffusionTransformer
  {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 9, length: 10, hiddenSize: 16, blockCount: 2, headCount: 2,
        conditioningSize: 8), on: device)
    network.parameters.initialize(seed: 1)
    if isTrained { network.parameters.randomize(seed: 71, size: 0.25) }
    return network
  }

  private func rows(_ count: Int, padded: Bool = false) -> TokenRows {
    var random = SplitMix64(73)
    return TokenRows(
      length: 10, tokens: (0..<count * 10).map { _ in Int32.random(in: 0..<8, using: &random) },
      unpaddedLengths: padded ? (0..<count).map { Int32(1 + $0 % 10) } : nil, characters: 7,
      bytes: 9)
  }

  /// Draws are the same for any batch size; losses agree to rounding, since a matrix product's last
  /// bits depend on how many rows it has.
  @Test(arguments: [1, 5, 13, 100], LikelihoodEstimator.ofSUBS)
  func batchSizeDoesNotMatter(batchSize: Int, estimator: LikelihoodEstimator) throws {
    let (network, rows) = (network(), rows(13, padded: true))
    let estimates = try [32, batchSize].map { size in
      try #require(
        try PerplexityEvaluator(settings, estimator: estimator, samples: 2, batchSize: size)
          .evaluate(network, on: rows))
    }
    #expect(estimates[1].networkCalls == estimates[0].networkCalls)
    #expect(relativeDeviation(estimates[1].nll, estimates[0].nll) <= 1e-6)
    #expect(relativeDeviation(estimates[1].standardError, estimates[0].standardError) <= 1e-5)
    #expect(estimates[1].tokens == estimates[0].tokens)
  }

  /// A run that trains without small times is still measured with the official 1e-3.
  @Test func smallestTimeOfTrainingDoesNotMatter() throws {
    let (network, rows) = (network(), rows(13))
    let estimates = try [1e-3, 0.5].map { smallest in
      try PerplexityEvaluator(DiffusionSettings(maskID: 8, samplingEpsilon: smallest))
        .evaluate(network, on: rows)
    }
    #expect(estimates[0] == estimates[1])
  }

  @Test(arguments: [1, 3], LikelihoodEstimator.ofSUBS)
  func threadsDoNotMatter(threads: Int, estimator: LikelihoodEstimator) throws {
    let evaluator = PerplexityEvaluator(settings, estimator: estimator, samples: 2)
    let estimates = try [2, threads].map { threads in
      try evaluator.evaluate(network(on: Device(threads: threads)), on: rows(40))
    }
    #expect(estimates[0] == estimates[1])
  }

  /// Σ over rows of ln 8 · (masked tokens) / t, whose mean is ln 8 but for the times' lower end.
  @Test func untrainedNetworkScoresLogOfTheVocabulary() throws {
    let estimate = try #require(
      try PerplexityEvaluator(settings, samples: 20).evaluate(
        network(isTrained: false), on: rows(50)))
    let error = try #require(estimate.monteCarloError)
    #expect(abs(estimate.nll - 0.999 * log(8)) <= 4 * error)
    #expect(error < 0.05 * estimate.nll)
  }

  @Test func paddingIsNotScored() throws {
    let estimate = try #require(
      try PerplexityEvaluator(settings).evaluate(network(), on: rows(10, padded: true)))
    #expect(estimate.tokens == 55 && estimate.sequences == 10)
  }

  /// The text that belongs to some of the rows is not known.
  @Test func limitTakesTheFirstRowsAndForgetsTheText() throws {
    let evaluator = PerplexityEvaluator(settings)
    let whole = try #require(try evaluator.evaluate(network(), on: rows(10), limit: 100))
    #expect(whole.characters == 7 && whole.bytes == 9)
    let part = try #require(try evaluator.evaluate(network(), on: rows(10), limit: 4))
    #expect(part.sequences == 4 && part.tokens == 40)
    #expect(part.characters == nil && part.bytes == nil)
    let few = TokenRows(length: 10, tokens: Array(rows(10).tokens.prefix(40)))
    #expect(try evaluator.evaluate(network(), on: few) == part)
  }

  @Test func seedsAndReplicatesDrawDifferently() throws {
    let estimates = try [(1, 1), (2, 1), (1, 2)].map { seed, samples in
      try #require(
        try PerplexityEvaluator(settings, samples: samples, seed: seed).evaluate(
          network(), on: rows(5))
      ).nll
    }
    #expect(Set(estimates).count == 3)
  }

  @Test func progressEndsAtTheResult() throws {
    var reports: [PerplexityEvaluator.Progress] = []
    let estimate = try #require(
      try PerplexityEvaluator(settings, samples: 3, batchSize: 4).evaluate(network(), on: rows(10))
      {
        reports.append($0)
        return .proceed
      })
    #expect(reports.map(\.rowsDone) == [4, 8, 10, 14, 18, 20, 24, 28, 30])
    #expect(reports.allSatisfy { $0.rowsTotal == 30 })
    #expect(relativeDeviation(try #require(reports.last).nll, estimate.nll) <= 1e-12)
  }

  @Test(arguments: LikelihoodEstimator.ofSUBS)
  func workCanBeStopped(estimator: LikelihoodEstimator) throws {
    #expect(
      try PerplexityEvaluator(settings, estimator: estimator).evaluate(network(), on: rows(3)) {
        _ in
        .stop
      } == nil)
  }

  /// Copies in a replicate: one, four, or one for each unpadded token (1 + … + 10).
  @Test(arguments: [
    (LikelihoodEstimator.official, 30), (.stratified, 120), (.importance, 30), (.leftToRight, 55),
    (.confidenceOrder, 55),
  ])
  func networkCallsAreTheCost(estimator: LikelihoodEstimator, calls: Int) throws {
    let estimate = try #require(
      try PerplexityEvaluator(settings, estimator: estimator, samples: 3)
        .evaluate(network(), on: rows(10, padded: true)))
    #expect(estimate.networkCalls == calls && estimate.tokens == 55)
  }

  /// The untrained network costs ln 8 at every mask, which leaves the noise of the draws alone.
  @Test(arguments: LikelihoodEstimator.ofSUBS)
  func untrainedNetworkScoresLogOfTheVocabularyInEveryOrder(estimator: LikelihoodEstimator) throws {
    let estimate = try #require(
      try PerplexityEvaluator(settings, estimator: estimator, samples: 10)
        .evaluate(network(isTrained: false), on: rows(30)))
    #expect(abs(estimate.nll - log(8)) <= 0.002 + 4 * (estimate.monteCarloError ?? 1e-6))
  }

  /// At a mask count k the weight L/k makes up for the number of masks exactly.
  @Test func strataOfAnUntrainedNetworkHaveNoVariance() throws {
    let estimate = try #require(
      try PerplexityEvaluator(settings, estimator: .stratified, samples: 3)
        .evaluate(network(isTrained: false), on: rows(5)))
    #expect(relativeDeviation(estimate.nll, log(8)) <= 1e-6)
    #expect(try #require(estimate.monteCarloError) <= 1e-7)
  }
}
