import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct LossCurveTests {
  @Test func shareOnABorderBelongsToTheLowerBin() {
    var collector = LossCurve.Collector(rowCount: 1, length: 40)
    for masked in [1, 2, 3, 40] { collector.add(1, tokens: 1, masked: masked, row: 0) }
    let bins = collector.curve.bins
    #expect(bins.map(\.lower) == [0, 0.05, 0.95] && bins.map(\.upper) == [0.05, 0.1, 1])
    #expect(bins.map(\.tokens) == [2, 1, 1])
    #expect(bins.map(\.share) == [1.5 / 40, 3.0 / 40, 1])
  }

  @Test func meanIsOverTokens() throws {
    var collector = LossCurve.Collector(rowCount: 2, length: 4)
    collector.add(6, tokens: 3, masked: 3, row: 0)
    collector.add(2, tokens: 1, masked: 3, row: 0)
    collector.add(8, tokens: 1, masked: 3, row: 1)
    collector.add(0, tokens: 0, masked: 1, row: 1)
    let bin = try #require(collector.curve.bins.first)
    #expect(collector.curve.bins.count == 1)
    #expect(bin.tokens == 5 && bin.crossEntropy == 16.0 / 5)
    // Rows of 8 in 4 tokens and 8 in 1: residuals ∓ 4.8, so (2 · 2 · 4.8²)^½ / 5.
    #expect(abs(try #require(bin.standardError) - 9.6 / 5) <= 1e-14)
  }

  @Test func oneRowHasNoError() {
    var collector = LossCurve.Collector(rowCount: 1, length: 4)
    collector.add(6, tokens: 3, masked: 3, row: 0)
    #expect(collector.curve.bins.map(\.standardError) == [nil])
  }

  /// Of rows without padding, bin k/L holds A_k / k; a right curve would leave four errors of its
  /// own 6 times in 100,000 for each of the four bins.
  @Test(.releaseOnly, arguments: EstimatorTargetTests.monteCarlo)
  func curveIsThatOfEnumeration(estimator: LikelihoodEstimator) throws {
    var random = SplitMix64(107)
    let rows = TokenRows(
      length: 4, tokens: (0..<1600).map { _ in Int32.random(in: 0..<3, using: &random) })
    let denoiser = EstimatorTargetTests.denoiser(conditionsOnTime: false)
    let estimate = try #require(
      try PerplexityEvaluator(
        EstimatorTargetTests.settings, estimator: estimator, samples: 100, batchSize: 64
      ).evaluate(denoiser, on: rows))
    #expect(estimate.lossCurve.bins.map(\.share) == [0.25, 0.5, 0.75, 1])
    for (index, bin) in estimate.lossCurve.bins.enumerated() {
      let exact = (0..<rows.count).reduce(0) {
        $0
          + ExactLikelihood(denoiser: denoiser, row: Array(rows.row($1)), unpadded: 4)
          .meanCrossEntropy(masked: index + 1)
      }
      let expected = exact / Double(rows.count * (index + 1))
      #expect(abs(bin.crossEntropy - expected) <= 4 * (try #require(bin.standardError)))
      #expect((bin.standardError ?? 1) <= 0.05)
    }
  }

  /// The NELBO per token is the mean height of the curve over the shares 1/L … 1.
  @Test func boundIsTheMeanHeight() throws {
    let exact = ExactLikelihood(
      denoiser: EstimatorTargetTests.denoiser(conditionsOnTime: false), row: [0, 2, 1, 1],
      unpadded: 4)
    let heights = (1...4).map { exact.meanCrossEntropy(masked: $0) / Double($0) }
    let bound = exact.target(of: .stratified) / 4
    #expect(relativeDeviation(heights.reduce(0, +) / 4, bound) <= 1e-9)
  }
}
