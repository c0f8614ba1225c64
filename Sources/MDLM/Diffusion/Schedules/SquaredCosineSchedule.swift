#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// α(t) = ε + (1 − ε) cos²(π/2 · t) with ε = 0.001: tokens are masked slowly at first and at last.
///
/// `cosinesqr` of the official code.
public struct SquaredCosineSchedule: SurvivalSchedule {
  /// The share of tokens that survives to time 1.
  public let epsilon = 1e-3

  public init() {}

  public func survival(at time: Double) -> Double {
    let cosine = cosine(time)
    return epsilon + (1 - epsilon) * cosine * cosine
  }

  public func survivalDecline(at time: Double) -> Double {
    (1 - epsilon) * .pi * sin(.pi / 2 * time) * cosine(time)
  }

  public func maskProbability(at time: Double) -> Double {
    let sine = sin(.pi / 2 * time)
    return (1 - epsilon) * sine * sine
  }

  /// π cot(π/2 · t): the ε cancels.
  ///
  /// Infinite at time 0, and 0 at time 1.
  public func lossWeight(at time: Double) -> Double {
    .pi * cosine(time) / sin(.pi / 2 * time)
  }

  /// Near time 1, where σ hardly grows, no more than half of the digits of a time are in its σ.
  public func time(totalNoise: Double) -> Double {
    let masked = max(-expm1(-totalNoise), 0)
    let left = max(exp(-totalNoise) - epsilon, 0)
    return min(2 / .pi * atan2(masked.squareRoot(), left.squareRoot()), 1)
  }

  /// The cosine of π/2 · t as a sine of 1 − t, which is exactly 0 at time 1.
  private func cosine(_ time: Double) -> Double { sin(.pi / 2 * (1 - time)) }
}
