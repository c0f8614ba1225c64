#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How much of a sequence is masked at each time t in [0, 1].
///
/// A schedule is given by its total noise σ(t) and the rate σ′(t). A token survives to time t with
/// probability α(t) = e^(−σ(t)) (arXiv 2406.07524, section 3.1). σ never falls as t grows.
public protocol NoiseSchedule: Sendable {
  /// σ(t).
  func totalNoise(at time: Double) -> Double
  /// σ′(t).
  func noiseRate(at time: Double) -> Double
  /// 1 − α(t): the probability that a token is masked.
  func maskProbability(at time: Double) -> Double
  /// −α′(t) / (1 − α(t)): what a masked token's cross-entropy counts in the continuous-time NELBO.
  ///
  /// Infinite at time 0 where a schedule begins with nothing masked.
  func lossWeight(at time: Double) -> Double
  /// The mask probability that the loss in discrete time reckons with.
  func discreteMaskProbability(at time: Double) -> Double
  /// The time in [0, 1] at which σ is `totalNoise`; the nearer end where it never is.
  func time(totalNoise: Double) -> Double
  /// The σ between which importance sampling spreads its times.
  var importanceRange: ClosedRange<Double> { get }
  /// What each cross-entropy counts under importance sampling and under change of variables.
  var importanceWeight: Double { get }
}

extension NoiseSchedule {
  public func maskProbability(at time: Double) -> Double { -expm1(-totalNoise(at: time)) }

  /// −α′/(1 − α) = σ′ e^(−σ) / (1 − e^(−σ)) = σ′ / (e^σ − 1).
  public func lossWeight(at time: Double) -> Double {
    noiseRate(at: time) / expm1(totalNoise(at: time))
  }

  public func discreteMaskProbability(at time: Double) -> Double { maskProbability(at: time) }

  /// Found by bisection, to the last bit of the time.
  public func time(totalNoise: Double) -> Double {
    if totalNoise <= self.totalNoise(at: 0) { return 0 }
    if totalNoise >= self.totalNoise(at: 1) { return 1 }
    // The bit patterns of doubles from 0 up are in the order of the doubles: 62 halvings leave two
    // neighbours, however small they are.
    var (low, high) = (UInt64(0), (1.0).bitPattern)
    while high - low > 1 {
      let middle = (low + high) / 2
      if self.totalNoise(at: Double(bitPattern: middle)) < totalNoise {
        low = middle
      } else {
        high = middle
      }
    }
    return Double(bitPattern: high)
  }
}

extension NoiseSchedule {
  /// σ at which a token is masked with `probability`, as far as the schedule goes: from σ(0) to σ(1).
  public func noiseLevel(maskProbability probability: Double) -> Double {
    max(min(-log1p(-probability), totalNoise(at: 1)), totalNoise(at: 0))
  }

  /// The uniform number for which ``changeOfVariablesMaskProbability(_:)`` belongs to a noise level.
  func changeOfVariablesTime(totalNoise sigma: Double) -> Double {
    let interval = importanceInterval
    return min(max((log(-expm1(-sigma)) - interval.start) / interval.length, 0), 1)
  }
}
