/// Draws the times of a batch in [samplingEpsilon, 1].
///
/// Antithetic sampling puts one time into each of n equal strata, jittered independently, which
/// lowers the variance of the loss (the official `antithetic_sampling`).
public struct TimeSampler: Sendable, Equatable {
  public var isAntithetic: Bool
  /// Times below it are not drawn: the weight 1/t grows without bound there.
  public var samplingEpsilon: Double

  public init(isAntithetic: Bool = true, samplingEpsilon: Double = 1e-3) {
    self.isAntithetic = isAntithetic
    self.samplingEpsilon = samplingEpsilon
  }

  /// Returns the time of element `index` of a batch of `count`, given its uniform number in [0, 1).
  public func time(uniform: Double, index: Int, count: Int) -> Double {
    let n = Double(count)
    var u = isAntithetic ? uniform / n + Double(index) / n : uniform
    u -= u.rounded(.down)
    return (1 - samplingEpsilon) * u + samplingEpsilon
  }
}
