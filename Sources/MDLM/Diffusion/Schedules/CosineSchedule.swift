#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// α(t) = ε + (1 − ε) cos(π/2 · t) with ε = 0.001: tokens are masked slowly at first.
///
/// `cosine` of the official code.
public struct CosineSchedule: SurvivalSchedule {
  /// The share of tokens that survives to time 1.
  public let epsilon = 1e-3

  public init() {}

  /// The cosine is taken as a sine of 1 − t, which is exactly 0 at time 1.
  public func survival(at time: Double) -> Double {
    epsilon + (1 - epsilon) * sin(.pi / 2 * (1 - time))
  }

  public func survivalDecline(at time: Double) -> Double {
    (1 - epsilon) * .pi / 2 * sin(.pi / 2 * time)
  }

  /// (1 − ε)(1 − cos(π/2 · t)), without the difference.
  public func maskProbability(at time: Double) -> Double {
    let half = sin(.pi / 4 * time)
    return 2 * (1 - epsilon) * half * half
  }

  /// π/2 · cot(π/4 · t): the ε cancels.
  ///
  /// Infinite at time 0.
  public func lossWeight(at time: Double) -> Double { .pi / 2 / tan(.pi / 4 * time) }

  public func time(totalNoise: Double) -> Double {
    let half = -expm1(-totalNoise) / (2 * (1 - epsilon))
    return min(4 / .pi * asin(min(max(half, 0), 1).squareRoot()), 1)
  }
}
