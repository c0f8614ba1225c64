/// The first-hitting sampler (arXiv 2409.02908): ancestral sampling in continuous time.
///
/// Of n masks at time t the next one turns into a token where the masked share has fallen by the
/// factor u^(1/n), and it is any of them with the same probability: the greatest of ``RevealTimes``
/// tells both. As many network calls as masks, and no error of discretization.
struct FirstHittingPredictor: SamplingRule {
  private let schedule: any NoiseSchedule
  private var times: RevealTimes
  private var step = 0

  init(_ block: BlockStart) {
    schedule = block.schedule
    times = RevealTimes(block.positions, block.draws)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    guard let next = times.next else { return nil }
    defer { step += 1 }
    let masked = next * schedule.maskProbability(at: 1)
    return SamplingStep(
      index: step, time: schedule.time(maskProbability: masked), maskProbability: masked,
      action: .reveal(times.take(1), .draw))
  }
}
