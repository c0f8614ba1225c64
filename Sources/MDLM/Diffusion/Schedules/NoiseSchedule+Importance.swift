#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// As a function of the mask probability m, the continuous-time NELBO is ∫ (dm/m) E[Σ −log p]: where
// log m is uniform, all cross-entropies count the same. Importance sampling draws such times;
// change of variables draws m itself.
extension NoiseSchedule {
  /// From σ = 0.001, or σ(0) if that is more, to σ(1).
  public var importanceRange: ClosedRange<Double> {
    let end = totalNoise(at: 1)
    return min(max(1e-3, totalNoise(at: 0)), end)...end
  }

  /// The length of the interval of log m.
  public var importanceWeight: Double { importanceInterval.length }

  /// The m for a uniform number in [0, 1]: e^(f_0 + u (f_T − f_0)), where f = log m at the ends of
  /// ``importanceRange``.
  public func changeOfVariablesMaskProbability(_ uniform: Double) -> Double {
    let interval = importanceInterval
    return exp(interval.start + uniform * interval.length)
  }

  /// The time at which m is ``changeOfVariablesMaskProbability(_:)``.
  public func importanceTime(_ uniform: Double) -> Double {
    time(totalNoise: -log1p(-changeOfVariablesMaskProbability(uniform)))
  }

  /// The interval of log m, which ends a little below 0.
  var importanceInterval: (start: Double, length: Double) {
    let range = importanceRange
    // log(1 − e^(−σ)), in the form that keeps its digits for small σ and in that for large σ.
    let start = log(-expm1(-range.lowerBound))
    return (start, log1p(-exp(-range.upperBound)) - start)
  }
}
