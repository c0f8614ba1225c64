#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A noise schedule given by α(t), the share of tokens that survives, rather than by σ(t).
///
/// The share 1 − α(t) that is masked is given beside it, in a form that keeps its digits where it is
/// small.
public protocol SurvivalSchedule: NoiseSchedule {
  /// α(t).
  func survival(at time: Double) -> Double
  /// −α′(t).
  func survivalDecline(at time: Double) -> Double
}

extension SurvivalSchedule {
  /// −log α.
  public func totalNoise(at time: Double) -> Double {
    let masked = maskProbability(at: time)
    return masked < 0.5 ? -log1p(-masked) : -log(survival(at: time))
  }

  /// −α′/α.
  public func noiseRate(at time: Double) -> Double {
    survivalDecline(at: time) / survival(at: time)
  }

  public func lossWeight(at time: Double) -> Double {
    survivalDecline(at: time) / maskProbability(at: time)
  }
}
