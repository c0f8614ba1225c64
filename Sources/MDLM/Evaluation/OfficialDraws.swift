/// The official estimator: a uniform time t and a mask for each row, weighted with w(t).
///
/// With δ = 0.001, its mean is 1/(1 − δ) ∫ from δ to 1 of w(t) E[Σ −log p(x_0 | x_t)] dt. The times
/// of a replicate are one in each of as many equal strata as there are rows, in random order: every
/// row has a uniform time, and the mean over rows varies little.
struct OfficialDraws: ReplicateDraws {
  private let replicate: Replicate
  private let times: [Double]

  init(_ replicate: Replicate) {
    self.replicate = replicate
    // The official smallest time, whatever a run trained with: figures stay comparable.
    times = replicate.times(TimeSampler())
  }

  func draw(_ index: Int, row: Int) -> MaskDraw {
    let (time, schedule) = (times[row], replicate.schedule)
    return MaskDraw(
      masked: replicate.maskedPositions(
        row: row, probability: schedule.maskProbability(at: time)),
      noiseLevel: schedule.totalNoise(at: time), weight: schedule.lossWeight(at: time))
  }
}
