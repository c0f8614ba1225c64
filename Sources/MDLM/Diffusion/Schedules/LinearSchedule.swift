/// σ(t) = σ_min + t (σ_max − σ_min): noise comes at a constant rate.
///
/// `linear` of the official code. A share 1 − e^(−σ_min) of the tokens is masked at time 0 already.
public struct LinearSchedule: NoiseSchedule {
  /// σ(0).
  public let sigmaMin: Double
  /// σ(1).
  public let sigmaMax: Double

  /// The official σ_min and σ_max.
  public static let officialRange = 1e-3...7.0

  /// Requires 0 < sigmaMin < sigmaMax.
  public init(
    sigmaMin: Double = officialRange.lowerBound, sigmaMax: Double = officialRange.upperBound
  ) {
    require(
      0 < sigmaMin && sigmaMin < sigmaMax && sigmaMax.isFinite,
      "[LinearSchedule] σ from \(sigmaMin) to \(sigmaMax)")
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
  }

  /// The weighted mean of both ends, so that they come out exactly.
  public func totalNoise(at time: Double) -> Double { (1 - time) * sigmaMin + time * sigmaMax }

  public func noiseRate(at time: Double) -> Double { sigmaMax - sigmaMin }

  public func time(totalNoise: Double) -> Double {
    min(max((totalNoise - sigmaMin) / (sigmaMax - sigmaMin), 0), 1)
  }

  public var importanceRange: ClosedRange<Double> { sigmaMin...sigmaMax }

  /// The official −log(1 − e^(−σ_min)), as if the interval of log m ended at 0; its length is less,
  /// by 0.013 % for the official range.
  public var importanceWeight: Double { -importanceInterval.start }
}
