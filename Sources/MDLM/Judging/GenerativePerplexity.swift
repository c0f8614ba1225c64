#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How likely a judge finds a set of texts.
public struct GenerativePerplexity: Sendable, Equatable {
  /// The judge's name.
  public let judge: String
  /// Σ −log p / Σ tokens over all texts, in nats per token of the judge.
  public let nll: Double
  /// The standard error of ``nll`` over texts, a ratio's by the delta method; nil for one text.
  public let standardError: Double?
  /// Tokens of the judge that were scored.
  public let tokens: Int

  /// e^nll: the exponential of a mean over all tokens, as the official code has it, not a mean of
  /// the texts' own perplexities.
  public var value: Double { exp(nll) }

  /// The 95 % interval of ``value`` over texts, e^(nll ± 1.96 standard errors); nil for one text.
  public var interval: ClosedRange<Double>? {
    guard let standardError, standardError.isFinite, nll.isFinite else { return nil }
    let half = LikelihoodEstimate.normalQuantile * standardError
    return exp(nll - half)...exp(nll + half)
  }

  /// Puts the scores of texts together; nil where no token was scored.
  public init?(of scores: [TextScore], judge: String) {
    // Texts without tokens are no observations of a ratio.
    let scores = scores.filter { $0.tokens > 0 }
    if scores.isEmpty { return nil }
    let estimate = RatioEstimate(
      numerators: scores.map(\.nll), denominators: scores.map { Double($0.tokens) })
    self.judge = judge
    nll = estimate.value
    standardError = estimate.standardError
    tokens = scores.reduce(0) { $0 + $1.tokens }
  }
}
