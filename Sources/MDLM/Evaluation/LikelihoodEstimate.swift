#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How likely a model makes some rows: its NELBO, an upper bound on −log p, or −log p of one order.
///
/// Two errors are kept apart: how much the estimate would move on other rows of the same source, and
/// how much on other draws of noise for the same rows.
public struct LikelihoodEstimate: Sendable, Equatable {
  public let estimator: LikelihoodEstimator
  /// The estimate in nats per token.
  public let nll: Double
  /// The standard error over rows (of a ratio where rows are padded: the delta method); NaN for one.
  public let standardError: Double
  /// The Monte-Carlo standard error given the rows, from independent replicates; nil for one, and
  /// where nothing is drawn.
  public let monteCarloError: Double?
  /// ``nll`` with the official code's constant for importance-sampled time, which is 0.015 % larger
  /// than the exact one; nil for other estimators and schedules.
  public let officialConstantNLL: Double?
  /// Tokens scored; padding is not.
  public let tokens: Int
  /// Tokens of the rows without their padding, scored or not.
  let unpaddedTokens: Int
  /// Rows scored.
  public let sequences: Int
  /// Replicates: independent rounds of draws for every row.
  public let samples: Int
  /// The cost: sequences that went through the network.
  public let networkCalls: Int
  public let seed: UInt64
  /// The cross-entropy of masked tokens by the share of their row that is masked.
  public let lossCurve: LossCurve
  /// Unicode scalars of the text, where it is known.
  public let characters: Int?
  /// UTF-8 bytes of the text, where it is known.
  public let bytes: Int?

  /// e^nll.
  public var perplexity: Double { exp(nll) }
  /// Bits per token.
  public var bitsPerToken: Double { nll / log(2) }
  public var bitsPerCharacter: Double? { characters.map(bits(per:)) }
  public var bitsPerByte: Double? { bytes.map(bits(per:)) }

  /// Standard errors on either side in a 95 % interval.
  static let normalQuantile = 1.959964

  /// The 95 % interval of ``nll`` over rows, nll ± 1.96 standard errors; nil for one row.
  public var interval: ClosedRange<Double>? {
    let half = Self.normalQuantile * standardError
    return half.isFinite && nll.isFinite ? nll - half...nll + half : nil
  }
  /// The 95 % interval of ``perplexity`` over rows.
  public var perplexityInterval: ClosedRange<Double>? {
    interval.map { exp($0.lowerBound)...exp($0.upperBound) }
  }

  /// A token that is not scored, the first of a row for autoregressive models, counts as the mean.
  private func bits(per units: Int) -> Double {
    bitsPerToken * Double(unpaddedTokens) / Double(units)
  }

  /// Puts together what was measured.
  ///
  /// - Parameters:
  ///   - tally: The sums.
  ///   - evaluator: How they were made.
  ///   - unpaddedTokens: Tokens in the rows.
  ///   - characters: Unicode scalars in the rows, if known.
  ///   - bytes: UTF-8 bytes in the rows, if known.
  init(
    _ tally: EvaluationTally, by evaluator: PerplexityEvaluator, unpaddedTokens: Int,
    characters: Int?,
    bytes: Int?
  ) {
    let mean = RatioEstimate(
      numerators: tally.rowLosses, denominators: tally.rowTokens.map(Double.init))
    estimator = evaluator.estimator
    nll = mean.value
    standardError = mean.standardError ?? .nan
    monteCarloError = tally.monteCarloError
    officialConstantNLL =
      evaluator.estimator == .importance && evaluator.diffusion.schedule is LogLinearSchedule
      ? mean.value * ImportanceDraws.officialWeight
        / ImportanceDraws.weight(evaluator.diffusion.schedule) : nil
    tokens = tally.tokens
    self.unpaddedTokens = unpaddedTokens
    sequences = tally.rowTokens.count
    samples = tally.replicateTotals.count
    networkCalls = tally.networkCalls
    seed = evaluator.seed
    lossCurve = tally.curve.curve
    self.characters = characters
    self.bytes = bytes
  }
}
