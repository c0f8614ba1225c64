#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Steps that turn masks into tokens and tokens into masks, independently at every position.
///
/// The network sees the sequence before the step; positions that it reveals were masks, and those
/// that are masked again were tokens. What a predictor decides is the two probabilities of each step:
/// its ``Jump``s. Tokens that were fixed in advance are not among the positions.
struct RemaskingPredictor: SamplingRule {
  private let jumps: [Jump]
  private let positions: [Int]
  private let draws: SampleDraws
  private let removesNoise: Bool
  private var step = 0

  init(_ block: BlockStart, _ jumps: [Jump], removesNoise: Bool) {
    self.jumps = jumps
    positions = block.positions
    draws = block.draws
    self.removesNoise = removesNoise
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    while step < jumps.count {
      defer { step += 1 }
      let jump = jumps[step]
      let revealed = block.masked.filter { uniform($0) < jump.reveal }
      let remasked = remasked(jump.remask, block)
      if revealed.isEmpty && remasked.isEmpty { continue }
      return SamplingStep(
        index: step, time: jump.time, maskProbability: jump.maskProbability,
        action: revealed.isEmpty ? .rest : .reveal(revealed, .draw), remasked: remasked)
    }
    guard removesNoise, !block.masked.isEmpty, let last = jumps.last else { return nil }
    return SamplingStep(
      index: jumps.count, time: last.end, maskProbability: last.endMaskProbability,
      action: .reveal(block.masked, .likeliest))
  }

  private func remasked(_ remask: Jump.Remask, _ block: BlockState) -> [Int] {
    switch remask {
    case .never: return []
    case .each(let probability):
      return positions.filter { block.revealed[$0] != nil && uniform($0) < probability }
    case .leastSure(let total):
      // softmax(−p) over the tokens that are there: the less sure, the likelier.
      let tokens = positions.compactMap { position in
        block.revealed[position].map { (position, exp(-$0)) }
      }
      let sum = tokens.reduce(0) { $0 + $1.1 }
      return tokens.filter { uniform($0.0) < total * $0.1 / sum }.map(\.0)
    }
  }

  private func uniform(_ position: Int) -> Double {
    draws.uniform(.reveals, step: step, position: position)
  }
}

/// The probabilities of one step of a ``RemaskingPredictor``.
struct Jump: Sendable {
  /// t where it begins.
  var time: Double
  /// t where it ends.
  var end: Double
  /// What the network is told: the masked share at the beginning.
  var maskProbability: Double
  /// The masked share at the end.
  var endMaskProbability: Double
  /// The probability that a mask turns into a token.
  var reveal: Double
  var remask: Remask

  enum Remask: Sendable {
    case never
    /// The probability that a token turns into a mask.
    case each(Double)
    /// Divided over the tokens by how unsure the model was of them.
    case leastSure(Double)
  }

  /// A step of ReMDM (arXiv 2503.00307, equation 6) from masked shares `masked` to `next`.
  ///
  /// With α = 1 − masked share, a token is masked again with probability σ, and a mask becomes a
  /// token with (α(s) − (1 − σ) α(t)) / (1 − α(t)): whatever σ, a share α(s) of tokens is there
  /// afterwards. σ is at most (1 − α(s)) / α(t), which leaves no token.
  static func remasking(
    from time: Double, to end: Double, masked: Double, next: Double,
    _ probability: (_ greatest: Double) -> Remask
  ) -> Jump {
    let visible = 1 - masked
    let greatest = visible > 0 ? min(1, next / visible) : 1
    let remask = probability(greatest)
    var reveal = masked - next
    if case .each(let sigma) = remask { reveal += sigma * visible }
    return Jump(
      time: time, end: end, maskProbability: masked, endMaskProbability: next,
      reveal: masked > 0 ? min(1, max(0, reveal / masked)) : 0, remask: remask)
  }

  /// Steps of ReMDM on a grid.
  ///
  /// - Parameters:
  ///   - grid: The times.
  ///   - schedule: The share of masks at each time.
  ///   - probability: σ of a step, given its beginning, its end and the greatest σ there.
  /// - Returns: One jump for each step of the grid.
  static func remasking(
    _ grid: TimeGrid, _ schedule: any NoiseSchedule,
    _ probability: (_ masked: Double, _ next: Double, _ greatest: Double) -> Remask
  ) -> [Jump] {
    (0..<grid.steps).map { step in
      let (time, end) = (grid.time(after: step), grid.time(after: step + 1))
      let masked = schedule.maskProbability(at: time)
      let next = schedule.maskProbability(at: end)
      return remasking(from: time, to: end, masked: masked, next: next) {
        probability(masked, next, $0)
      }
    }
  }
}
