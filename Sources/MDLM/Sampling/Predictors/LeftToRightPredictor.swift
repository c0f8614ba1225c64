/// One token after another from left to right: `ar`.
///
/// The first token of a sequence has none before it that could tell it; where it is free it is the one
/// that begins sequences, or any token where there is no such token.
struct LeftToRightPredictor: SamplingRule {
  private let first: Int32
  private let count: Int
  private var step = 0

  init(_ block: BlockStart) {
    first = block.firstToken
    count = block.positions.count
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    guard let position = block.masked.first else { return nil }
    defer { step += 1 }
    return SamplingStep(
      index: step, time: Double(block.masked.count) / Double(count),
      maskProbability: block.maskedShare,
      action: position == 0
        ? .assign([.init(0, first, belief: TokenBelief(probability: 0, entropy: 0, top: []))])
        : .reveal([position], .draw))
  }
}
