import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct LikelihoodEstimateTests {
  /// An estimate from one replicate of these row losses.
  private func estimate(
    _ losses: [Double], _ tokens: [Int], estimator: LikelihoodEstimator = .official,
    characters: Int? = nil, bytes: Int? = nil
  ) -> LikelihoodEstimate {
    estimate([losses], tokens, estimator: estimator, characters: characters, bytes: bytes)
  }

  private func estimate(
    _ replicates: [[Double]], _ tokens: [Int], estimator: LikelihoodEstimator = .official,
    characters: Int? = nil, bytes: Int? = nil
  ) -> LikelihoodEstimate {
    var tally = EvaluationTally(
      rowTokens: tokens, length: 8, couplesRows: estimator.couplesRows)
    for losses in replicates {
      tally.beginReplicate()
      for (row, loss) in losses.enumerated() { tally.add(loss, row: row) }
    }
    return LikelihoodEstimate(
      tally, by: PerplexityEvaluator(DiffusionSettings(maskID: 4), estimator: estimator),
      unpaddedTokens: tokens.reduce(0, +), characters: characters, bytes: bytes)
  }

  @Test func meanIsOverTokensNotRows() {
    let estimate = estimate([6, 1], [2, 6])
    #expect(estimate.nll == 7.0 / 8)
    #expect(estimate.tokens == 8 && estimate.sequences == 2)
  }

  /// Rows of equal length: s / √n of the row means 1, 2, 3, 6 with s² = 14/3.
  @Test func errorOfEqualRowsIsThatOfTheirMean() {
    let estimate = estimate([2, 4, 6, 12], [2, 2, 2, 2])
    #expect(abs(estimate.standardError - (14.0 / 3 / 4).squareRoot()) <= 1e-15)
  }

  /// R = 12/6 = 2, residuals 3 − 2, 5 − 6, 4 − 4: (n/(n−1) Σe²)^½ / Σn = (3/2 · 2)^½ / 6.
  @Test func errorOfUnequalRowsIsThatOfARatio() {
    let estimate = estimate([3, 5, 4], [1, 3, 2])
    #expect(abs(estimate.standardError - 3.0.squareRoot() / 6) <= 1e-15)
  }

  @Test func oneRowHasNoError() {
    #expect(estimate([3], [2]).standardError.isNaN)
    #expect(estimate([3], [2]).interval == nil && estimate([3], [2]).perplexityInterval == nil)
  }

  /// The mean 1.5 with the standard error (14/12)^½ of the test above.
  @Test func intervalIsTwoErrorsWide() throws {
    let estimate = estimate([2, 4, 6, 12], [4, 4, 4, 4])
    let interval = try #require(estimate.interval)
    let half = 1.959964 * (14.0 / 3 / 4).squareRoot() / 2
    #expect(abs(interval.lowerBound - (1.5 - half)) <= 1e-12)
    #expect(abs(interval.upperBound - (1.5 + half)) <= 1e-12)
    #expect(estimate.perplexityInterval == exp(interval.lowerBound)...exp(interval.upperBound))
  }

  /// Replicates of 1, 2 and 3 nats per token: s = 1, so the error of their mean is 1/√3.
  @Test func coupledRowsTellTheErrorByTheirTotals() throws {
    let estimate = estimate([[1, 3], [6, 2], [3, 9]], [2, 2])
    #expect(abs(try #require(estimate.monteCarloError) - 1 / 3.0.squareRoot()) <= 1e-15)
    #expect(estimate.samples == 3)
  }

  /// Rows 1, 6, 3 and 3, 2, 9 have the variances 19/3 and 43/3: (62/3 / 3)^½ nats in 4 tokens.
  @Test func independentRowsTellTheErrorEachByItself() throws {
    let estimate = estimate([[1, 3], [6, 2], [3, 9]], [2, 2], estimator: .stratified)
    let error = try #require(estimate.monteCarloError)
    #expect(relativeDeviation(error, (62.0 / 9).squareRoot() / 4) <= 1e-14)
  }

  @Test func oneReplicateHasNoMonteCarloError() {
    #expect(estimate([8], [4]).monteCarloError == nil)
  }

  /// −ln(1 − e^(−0.001)) in place of ln 0.999 − ln(1 − e^(−0.001)).
  @Test func officialConstantIsAFewTenThousandthsLarger() throws {
    #expect(estimate([8], [4]).officialConstantNLL == nil)
    let estimate = estimate([8], [4], estimator: .importance)
    let other = try #require(estimate.officialConstantNLL)
    #expect(relativeDeviation(other / estimate.nll, 6.9082552 / 6.9072547) <= 1e-8)
  }

  /// Two bits a token, 8 tokens, 4 characters, 16 bytes.
  @Test func unitsConvert() throws {
    let estimate = estimate(
      [8 * log(2), 8 * log(2)], [4, 4], characters: 4, bytes: 16)
    #expect(abs(estimate.bitsPerToken - 2) <= 1e-14)
    #expect(abs(estimate.perplexity - 4) <= 1e-14)
    #expect(abs(try #require(estimate.bitsPerCharacter) - 4) <= 1e-14)
    #expect(abs(try #require(estimate.bitsPerByte) - 1) <= 1e-14)
  }

  @Test func unknownTextHasNoBits() {
    #expect(estimate([1], [1]).bitsPerCharacter == nil && estimate([1], [1]).bitsPerByte == nil)
  }
}
