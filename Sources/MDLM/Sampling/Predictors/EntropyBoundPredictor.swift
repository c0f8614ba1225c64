/// As many of the surest positions as their entropies allow, in every call: `entropy_bound`.
///
/// Positions are taken in ascending entropy while the sum of their entropies, less the largest of
/// them, stays within a bound (arXiv 2505.24857): revealing tokens at once that are not independent
/// costs at most this much, in nats. A call reveals at least as many as the grid says.
struct EntropyBoundPredictor: SamplingRule {
  private let bound: Double
  private var pace: CallPace

  init(_ block: BlockStart, grid: TimeGrid, bound: Double) {
    self.bound = bound
    pace = CallPace(block, grid: grid)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? { pace.nextStep(block) }

  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    // The largest so far is the last one, so the sum of all before it is what counts.
    var (sum, count) = (0.0, 0)
    for entropy in certainties.map(\.entropy).sorted() where sum <= bound {
      sum += entropy
      count += 1
    }
    return certainties.map { -$0.entropy }.greatest(max(count, pace.least))
  }
}
