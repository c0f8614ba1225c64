/// Ancestral sampling (arXiv 2406.07524, section 4.2): `ddpm`, `ddpm_cache` and `analytic`.
///
/// From t to s every mask turns into a token with probability (m(t) − m(s)) / m(t), m being the mask
/// probability, and its token is drawn from p(x_0 | x_t). Positions are drawn first, by
/// ``RevealTimes``, so the network need only be called for steps that reveal something and its output
/// layer for the revealed rows. That is the same distribution as the official one-stage draw over
/// vocabulary and mask, without the error of single-precision Gumbel noise (arXiv 2409.02908).
///
/// The official `analytic` predictor works on scores: with k = 1 / (e^σ(t) − 1) the score of SUBS at
/// a mask is k · p(x_0 | x_t), and its staggered transition reveals with probability
/// k (e^(σ(t) − σ(s)) − 1) = (m(t) − m(s)) / m(t): ancestral sampling again. It differs at the end,
/// where masks that are left are drawn.
struct AncestralPredictor: SamplingRule {
  private let grid: TimeGrid
  private let schedule: any NoiseSchedule
  private let callsEveryStep: Bool
  private let removal: SamplingStep.TokenChoice?
  private var times: RevealTimes
  private var step = 0

  /// - Parameters:
  ///   - block: The masks to reveal.
  ///   - grid: The times of the steps.
  ///   - callsEveryStep: Whether steps that reveal nothing call the network, too.
  ///   - removal: How masks that are left at the end of the grid become tokens; nil leaves them.
  init(
    _ block: BlockStart, grid: TimeGrid, callsEveryStep: Bool = false,
    removal: SamplingStep.TokenChoice?
  ) {
    self.grid = grid
    schedule = block.schedule
    self.callsEveryStep = callsEveryStep
    self.removal = removal
    times = RevealTimes(block.positions, block.draws)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    let start = schedule.maskProbability(at: 1)
    while step < grid.steps && (times.count > 0 || callsEveryStep) {
      defer { step += 1 }
      let end = schedule.maskProbability(at: grid.time(after: step + 1))
      let positions = times.take(from: end / start)
      if positions.isEmpty && !callsEveryStep { continue }
      return reveal(positions, .draw, step: step)
    }
    guard let removal, times.count > 0 else { return nil }
    return reveal(times.take(times.count), removal, step: grid.steps)
  }

  private func reveal(
    _ positions: [Int], _ choice: SamplingStep.TokenChoice, step: Int
  ) -> SamplingStep {
    let time = grid.time(after: step)
    return SamplingStep(
      index: step, time: time, maskProbability: schedule.maskProbability(at: time),
      action: .reveal(positions, choice))
  }
}
