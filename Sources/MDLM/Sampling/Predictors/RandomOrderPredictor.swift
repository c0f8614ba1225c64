/// Positions in random order, as many in every step as the grid says: `tau`.
///
/// Tau-leaping with the counts of its grid in place of random ones, so that the number of network
/// calls is known: the smaller of steps and masks, on a linear grid. With as many steps as masks it
/// draws from the distribution of ``FirstHittingPredictor``.
struct RandomOrderPredictor: SamplingRule {
  private let grid: TimeGrid
  private let schedule: any NoiseSchedule
  private let count: Int
  private var times: RevealTimes
  private var step = 0

  init(_ block: BlockStart, grid: TimeGrid) {
    self.grid = grid
    schedule = block.schedule
    count = block.positions.count
    times = RevealTimes(block.positions, block.draws)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    while step < grid.steps {
      defer { step += 1 }
      let reveals = grid.reveals(inStep: step, of: count)
      if reveals == 0 { continue }
      let time = grid.time(after: step)
      return SamplingStep(
        index: step, time: time, maskProbability: schedule.maskProbability(at: time),
        action: .reveal(times.take(reveals), .draw))
    }
    return nil
  }
}
