/// All positions whose likeliest token has at least some probability, in every call: `threshold`
/// (Fast-dLLM, arXiv 2505.22618).
///
/// Every call reveals at least as many as the grid says, the surest first, so that steps bound the
/// number of calls.
struct ThresholdPredictor: SamplingRule {
  private let threshold: Double
  private var pace: CallPace

  init(_ block: BlockStart, grid: TimeGrid, threshold: Double) {
    self.threshold = threshold
    pace = CallPace(block, grid: grid)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? { pace.nextStep(block) }

  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    let sure = certainties.indices.filter { certainties[$0].largest >= threshold }
    return sure.count >= pace.least ? sure : certainties.map(\.largest).greatest(pace.least)
  }
}

/// The steps of predictors that reveal as many positions as they find sure enough.
///
/// The grid says how few may be revealed by then.
struct CallPace: Sendable {
  private let grid: TimeGrid
  private let count: Int
  private var step = 0
  /// How many the step must reveal at least.
  private(set) var least = 0

  init(_ block: BlockStart, grid: TimeGrid) {
    self.grid = grid
    count = block.positions.count
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    guard !block.masked.isEmpty else { return nil }
    defer { step += 1 }
    let due = (0...min(step, grid.steps - 1)).reduce(0) {
      $0 + grid.reveals(inStep: $1, of: count)
    }
    least = max(1, due - (count - block.masked.count))
    return SamplingStep(
      index: step, time: Double(block.masked.count) / Double(count),
      maskProbability: block.maskedShare, action: .consider(block.masked))
  }
}
