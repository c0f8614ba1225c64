#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Importance-sampled time: a log-uniform mask probability m for each row, so that all weigh alike.
///
/// As a function of m the bound is ∫ dm/m E[Σ −log p(x_0 | x_t)]: with log m uniform on an interval
/// the weight is the interval's length. It runs from 1 − e^(−0.001), as in the official code, to
/// the schedule's last. Rows are stratified as for ``LikelihoodEstimator/official``.
struct ImportanceDraws: ReplicateDraws {
  private let replicate: Replicate
  private let times: [Double]
  private let weight: Double

  /// The smallest mask probability.
  static let lowest = -expm1(-1e-3)
  /// What the official code takes for the interval's length, 6.9082552: as if it ended at m = 1.
  static let officialWeight = -log(lowest)

  /// The interval's length, 6.9072547 for the log-linear schedule.
  static func weight(_ schedule: any NoiseSchedule) -> Double {
    log(schedule.maskProbability(at: 1) / lowest)
  }

  init(_ replicate: Replicate) {
    self.replicate = replicate
    times = replicate.times(TimeSampler(samplingEpsilon: 0))
    weight = Self.weight(replicate.diffusion.schedule)
  }

  func draw(_ index: Int, row: Int) -> MaskDraw {
    let probability = Self.lowest * exp(times[row] * weight)
    return MaskDraw(
      masked: replicate.maskedPositions(row: row, probability: probability),
      noiseLevel: replicate.diffusion.noiseLevel(maskProbability: probability), weight: weight)
  }
}
