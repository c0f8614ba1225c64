/// Draws the times of a batch in [samplingEpsilon, 1].
///
/// Antithetic sampling puts one time into each of n equal strata, which lowers the variance of the
/// loss. In the official code (`antithetic_sampling`) each has a random place in its stratum; in MD4
/// (arXiv 2406.04329) all have the same place, so that times are evenly spaced.
public struct TimeSampler: Sendable, Equatable {
  public var isAntithetic: Bool
  /// Whether all strata use one number: the caller hands out the same for each.
  public var sharesOffset: Bool
  /// Times below it are not drawn: the weight 1/t grows without bound there.
  public var samplingEpsilon: Double

  public init(
    isAntithetic: Bool = true, sharesOffset: Bool = false, samplingEpsilon: Double = 1e-3
  ) {
    self.isAntithetic = isAntithetic
    self.sharesOffset = sharesOffset
    self.samplingEpsilon = samplingEpsilon
  }

  /// Returns the time of element `index` of a batch of `count`, given its uniform number in [0, 1).
  ///
  /// With a shared offset u the time is (u + index/count) mod 1, in place of
  /// (u + index)/count.
  public func time(uniform: Double, index: Int, count: Int) -> Double {
    let n = Double(count)
    var u = uniform
    if isAntithetic { u = (sharesOffset ? uniform : uniform / n) + Double(index) / n }
    u -= u.rounded(.down)
    return (1 - samplingEpsilon) * u + samplingEpsilon
  }
}
