#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How much of a sequence is masked at each time t in [0, 1].
///
/// A schedule is given by its total noise σ(t) and the rate σ′(t). A token survives to time t with
/// probability α(t) = e^(−σ(t)) (arXiv 2406.07524, section 3.1).
public protocol NoiseSchedule: Sendable {
  /// σ(t).
  func totalNoise(at time: Double) -> Double
  /// σ′(t).
  func noiseRate(at time: Double) -> Double
  /// 1 − α(t): the probability that a token is masked.
  func maskProbability(at time: Double) -> Double
  /// −α′(t) / (1 − α(t)): what a masked token's cross-entropy counts in the continuous-time NELBO.
  func lossWeight(at time: Double) -> Double
}

extension NoiseSchedule {
  public func maskProbability(at time: Double) -> Double { -expm1(-totalNoise(at: time)) }

  /// −α′/(1 − α) = σ′ e^(−σ) / (1 − e^(−σ)) = σ′ / (e^σ − 1).
  public func lossWeight(at time: Double) -> Double {
    noiseRate(at: time) / expm1(totalNoise(at: time))
  }
}

/// α(t) = 1 − (1 − ε) t with ε = 0.001: the share of masked tokens grows in proportion to time.
///
/// The default of the paper and of the official code.
public struct LogLinearSchedule: NoiseSchedule {
  /// The share of tokens that survives to time 1.
  public let epsilon = 1e-3

  public init() {}

  public func totalNoise(at time: Double) -> Double { -log1p(-(1 - epsilon) * time) }

  public func noiseRate(at time: Double) -> Double {
    (1 - epsilon) / (1 - (1 - epsilon) * time)
  }

  public func maskProbability(at time: Double) -> Double { (1 - epsilon) * time }

  /// Exactly 1/t: the ε cancels.
  public func lossWeight(at time: Double) -> Double { 1 / time }
}
