import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Estimators against what they estimate, on a network small enough to enumerate every mask.
///
/// Seeds are fixed, so verdicts never change by chance.
struct EstimatorTargetTests {
  static let monteCarlo = LikelihoodEstimator.ofSUBS.filter { !$0.isDeterministic }
  static let settings = DiffusionSettings(maskID: 3)

  /// Five rows of four tokens out of three, the last two padded.
  static let rows: TokenRows = {
    var random = SplitMix64(101)
    return TokenRows(
      length: 4, tokens: (0..<20).map { _ in Int32.random(in: 0..<3, using: &random) },
      unpaddedLengths: [4, 4, 4, 3, 1])
  }()

  static func denoiser(conditionsOnTime: Bool) -> TableDenoiser {
    TableDenoiser(vocabularySize: 4, length: 4, seed: 103, conditionsOnTime: conditionsOnTime)
  }

  /// Independent estimates with seeds 1 … `count`.
  static func estimates(
    _ estimator: LikelihoodEstimator, on rows: TokenRows = rows, count: Int, samples: Int,
    conditionsOnTime: Bool = false
  ) throws -> [LikelihoodEstimate] {
    let denoiser = denoiser(conditionsOnTime: conditionsOnTime)
    return try (1...count).map { seed in
      try #require(
        try PerplexityEvaluator(
          settings, estimator: estimator, samples: samples, seed: UInt64(seed), batchSize: 64
        ).evaluate(denoiser, on: rows))
    }
  }

  /// Error rate: a right estimator with other seeds would leave four standard errors 6 times in
  /// 100,000, for each of six cases.
  @Test(.releaseOnly, arguments: monteCarlo, [false, true])
  func meanIsTheEstimatorsOwnTarget(estimator: LikelihoodEstimator, conditionsOnTime: Bool) throws {
    let figures = try Self.estimates(
      estimator, count: 400, samples: 4, conditionsOnTime: conditionsOnTime
    ).map(\.nll)
    let target = ExactLikelihood.target(
      of: estimator, Self.denoiser(conditionsOnTime: conditionsOnTime), Self.rows)
    let (mean, variance) = moments(figures)
    let error = (variance / 400).squareRoot()
    #expect(abs(mean - target) <= 4 * error, "\(mean), \(target), standard error \(error)")
    // Otherwise the test could not tell much.
    #expect(error <= 0.03 * target)
  }

  /// The targets differ by more than the test above can miss only with many draws; that they do
  /// differ, and how, is certain.
  @Test(arguments: [false, true]) func targetsDifferByWhereTimeStarts(conditionsOnTime: Bool) {
    let denoiser = Self.denoiser(conditionsOnTime: conditionsOnTime)
    let targets = Self.monteCarlo.map { ExactLikelihood.target(of: $0, denoiser, Self.rows) }
    let (official, stratified, importance) = (targets[0], targets[1], targets[2])
    #expect(importance < official * 0.999 && official * 0.999 < stratified)
    #expect(relativeDeviation(official, stratified) <= 3e-3)
  }

  /// The reported variance, averaged over seeds, is the spread over seeds: both are known to within
  /// 7 %, so a right one would leave these bounds less than once in 10,000.
  @Test(.releaseOnly, arguments: monteCarlo)
  func monteCarloErrorIsHonest(estimator: LikelihoodEstimator) throws {
    let estimates = try Self.estimates(estimator, count: 500, samples: 5)
    let reported = estimates.compactMap(\.monteCarloError).reduce(0) { $0 + $1 * $1 } / 500
    let ratio = reported / moments(estimates.map(\.nll)).variance
    #expect(ratio > 0.7 && ratio < 1.4, "\(ratio)")
  }

  /// Given the sequence, at 20 network calls each.
  ///
  /// Both variances are known to within some 10 %.
  @Test(.releaseOnly, arguments: 0..<3) func strataSaveTwoThirdsOfTheVariance(row: Int) throws {
    let one = TokenRows(length: 4, tokens: Array(Self.rows.row(row)))
    let stratified = try Self.estimates(.stratified, on: one, count: 500, samples: 5)
    let official = try Self.estimates(.official, on: one, count: 500, samples: 20)
    #expect(stratified.map(\.networkCalls) == official.map(\.networkCalls))
    let variances = [stratified, official].map { moments($0.map(\.nll)).variance }
    #expect(variances[0] <= variances[1] / 3, "\(variances[0] / variances[1])")
  }

  private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(values.count - 1))
  }
}
