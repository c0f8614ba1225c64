import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A trained model's NELBO against a source whose entropy is known.
struct KnownEntropyTests {
  struct Case: Sendable {
    let source: MarkovSource
    let length: Int
    let timeConditioning: Bool
  }

  static let cases = [
    Case(source: MarkovSource(symbols: 2, flip: 0.1), length: 16, timeConditioning: false),
    Case(source: MarkovSource(symbols: 4, flip: 0.1), length: 16, timeConditioning: true),
  ]

  /// The NELBO is an upper bound on the source's entropy, which a trained model comes near.
  ///
  /// It is never below by more than three standard errors and the 0.1 % of the times that the
  /// estimator leaves out.
  @Test(.releaseOnly, arguments: cases)
  func trainedModelApproachesTheEntropyFromAbove(_ test: Case) throws {
    let (source, length) = (test.source, test.length)
    var run = TrainingInMemory(
      NetworkConfiguration(
        vocabularySize: source.symbols + 1, length: length, hiddenSize: 32, blockCount: 2,
        headCount: 2, conditioningSize: 16, dropout: 0, timeConditioning: test.timeConditioning),
      maskID: Int32(source.symbols), seed: 79, on: Device(threads: 1))
    let steps = 600
    for step in 0..<steps {
      run.step(
        source.rows(128, length: length, seed: 1000 + UInt64(step)), step: step,
        learningRate: LearningRateSchedule.cosineDecayWarmup(
          peak: 4e-3, warmup: 30, initial: 0, floor: 0, total: steps
        ).rate(at: step))
    }
    let estimate = try #require(
      try PerplexityEvaluator(run.settings, samples: 4, batchSize: 128).evaluate(
        run.network, on: source.rows(6000, length: length, seed: 83)))
    let entropy = source.entropy(length: length)
    #expect(estimate.nll <= 1.05 * entropy)
    #expect(estimate.nll >= 0.999 * entropy - 3 * estimate.standardError)
  }

  /// The entropy is what the source's own probabilities cost on average; a flip costs −ln(0.2 / 2).
  ///
  /// 44,000 steps put the share of flips within 0.008 of 0.2 at four standard errors.
  @Test func entropyIsTheMeanCostOfTheSourcesRows() {
    let (source, length) = (MarkovSource(symbols: 3, flip: 0.2), 12)
    let rows = source.rows(4000, length: length, seed: 89)
    let costs = (0..<rows.count).map { index -> Double in
      zip(rows.row(index), rows.row(index).dropFirst()).reduce(log(3)) { cost, pair in
        cost - (pair.0 == pair.1 ? log(0.8) : log(0.1))
      }
    }
    let mean = costs.reduce(0, +) / Double(rows.tokens.count)
    #expect(abs(mean - source.entropy(length: length)) <= 0.008 * (log(0.8) - log(0.1)))
  }
}
