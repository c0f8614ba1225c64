#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// σ(t) = σ_min^(1 − t) · σ_max^t: the logarithm of the noise grows at a constant rate.
///
/// `geometric` of the official code and of SEDD (arXiv 2310.16834). With the official σ_max = 1, no
/// more than 63 % of the tokens are masked at time 1.
public struct GeometricSchedule: NoiseSchedule {
  /// σ(0).
  public let sigmaMin: Double
  /// σ(1).
  public let sigmaMax: Double

  /// The official σ_min and σ_max.
  public static let officialRange = 1e-3...1.0

  /// Requires 0 < sigmaMin < sigmaMax.
  public init(
    sigmaMin: Double = officialRange.lowerBound, sigmaMax: Double = officialRange.upperBound
  ) {
    require(
      0 < sigmaMin && sigmaMin < sigmaMax && sigmaMax.isFinite,
      "[GeometricSchedule] σ from \(sigmaMin) to \(sigmaMax)")
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
  }

  public func totalNoise(at time: Double) -> Double {
    pow(sigmaMin, 1 - time) * pow(sigmaMax, time)
  }

  public func noiseRate(at time: Double) -> Double {
    totalNoise(at: time) * (log(sigmaMax) - log(sigmaMin))
  }

  public func time(totalNoise: Double) -> Double {
    if totalNoise <= sigmaMin { return 0 }
    return min(log(totalNoise / sigmaMin) / log(sigmaMax / sigmaMin), 1)
  }
}
