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
  private func estimate(
    _ losses: [Double], _ tokens: [Int], replicates: [Double] = [1], characters: Int? = nil,
    bytes: Int? = nil
  ) -> LikelihoodEstimate {
    LikelihoodEstimate(
      rowLosses: losses, rowTokens: tokens, replicateTotals: replicates, characters: characters,
      bytes: bytes)
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

  @Test func oneRowHasNoError() { #expect(estimate([3], [2]).standardError.isNaN) }

  /// Replicates of 1, 2 and 3 nats per token: s = 1, so the error of their mean is 1/√3.
  @Test func monteCarloErrorIsThatOfTheReplicatesMean() throws {
    let estimate = estimate([8], [4], replicates: [4, 8, 12])
    #expect(abs(try #require(estimate.monteCarloError) - 1 / 3.0.squareRoot()) <= 1e-15)
    #expect(estimate.samples == 3)
  }

  @Test func oneReplicateHasNoMonteCarloError() {
    #expect(estimate([8], [4], replicates: [8]).monteCarloError == nil)
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
