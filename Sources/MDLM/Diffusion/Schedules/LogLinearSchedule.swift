#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

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
  ///
  /// Infinite at time 0.
  public func lossWeight(at time: Double) -> Double { 1 / time }

  /// t: the official loss in discrete time takes α = 1 − t, without the ε.
  public func discreteMaskProbability(at time: Double) -> Double { time }

  public func time(totalNoise: Double) -> Double {
    min(max(-expm1(-totalNoise) / (1 - epsilon), 0), 1)
  }

  /// The official 6.9082552, as if the interval of log m ended at 0; its length is 0.015 % less.
  public var importanceWeight: Double { -importanceInterval.start }
}
