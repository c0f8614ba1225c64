#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The official `ddpm`, `ddpm_cache` and `analytic` with their draw: Gumbel noise over vocabulary and
/// mask, in single precision.
///
/// Of q(x_s | x_t), which is p(x_0 | x_t) · (m(t) − m(s)) and m(s) for the mask, the greatest
/// q / (1e-10 − log(u + 1e-10)) is taken, u being uniform in [0, 1) with 24 bits. Those bits end the
/// noise's tail early, which favours likely tokens (arXiv 2409.02908). Like the official code,
/// `ddpm_cache` calls the network again only after something has changed. For SEDD q is
/// (e^(σ(t) − σ(s)) − 1) times its score, and the mask has what is left of 1.
struct PublishedPredictor: SamplingRule {
  enum Transition {
    case ancestral
    case score
  }

  private let transition: Transition
  private let grid: TimeGrid
  private let schedule: any NoiseSchedule
  private let callsEveryStep: Bool
  private let keepsProbabilities: Bool
  private let removal: SamplingStep.TokenChoice?
  private let uniform: PublishedUniforms
  private var probabilities: [Int: [Float]]?
  private var step = 0

  init(
    _ block: BlockStart, grid: TimeGrid, _ transition: Transition, callsEveryStep: Bool,
    keepsProbabilities: Bool, removal: SamplingStep.TokenChoice?
  ) {
    self.transition = transition
    self.grid = grid
    schedule = block.schedule
    self.callsEveryStep = callsEveryStep
    self.keepsProbabilities = keepsProbabilities
    self.removal = removal
    uniform = block.publishedUniforms
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    while step < grid.steps {
      if block.masked.isEmpty && !callsEveryStep { return nil }
      guard let known = probabilities else { return take(.read(block.masked)) }
      let drawn = draws(known, block.masked, step)
      let action = SamplingStep.Action.assign(drawn)
      let current = take(action)
      step += 1
      if !drawn.isEmpty || !keepsProbabilities { probabilities = nil }
      if !drawn.isEmpty { return current }
    }
    guard let removal, !block.masked.isEmpty else { return nil }
    guard let known = probabilities else { return take(.read(block.masked)) }
    return take(
      .assign(
        block.masked.map { position in
          let row = known[position] ?? []
          let token =
            removal == .likeliest
            ? row.indexOfGreatest : pick(row, at: position, reveal: 1, kept: nil, step)
          return SamplingStep.Draw(position, token ?? 0, belief: belief(row, token ?? 0))
        }))
  }

  mutating func receive(_ probabilities: [[Float]], at positions: [Int]) {
    self.probabilities = Dictionary(
      zip(positions, probabilities), uniquingKeysWith: { first, _ in first })
  }

  private func take(_ action: SamplingStep.Action) -> SamplingStep {
    let time = grid.time(after: step)
    return SamplingStep(
      index: step, time: time, maskProbability: schedule.maskProbability(at: time),
      action: action)
  }

  /// The masks that turn into tokens in one step.
  private func draws(
    _ known: [Int: [Float]], _ masked: [Int], _ step: Int
  ) -> [SamplingStep.Draw] {
    let (time, end) = (grid.time(after: step), grid.time(after: step + 1))
    let next = schedule.maskProbability(at: end)
    let reveal =
      switch transition {
      case .ancestral: schedule.maskProbability(at: time) - next
      case .score: ScorePredictor.factor(.analytic, schedule, from: time, to: end)
      }
    return masked.compactMap { position in
      let row = known[position] ?? []
      let kept =
        switch transition {
        case .ancestral: Float(next)
        case .score: 1 - row.reduce(0, +) * Float(reveal)
        }
      return pick(row, at: position, reveal: Float(reveal), kept: kept, step).map {
        SamplingStep.Draw(position, $0, belief: belief(row, $0))
      }
    }
  }

  /// The token that wins, or nil where the mask does.
  ///
  /// - Parameters:
  ///   - row: p(x_0 | x_t) or scores, whose entry for the mask is 0.
  ///   - position: Where in the sequence.
  ///   - reveal: m(t) − m(s).
  ///   - kept: m(s), or nil where the mask may not win.
  ///   - step: The step whose random numbers are used.
  /// - Returns: A token id.
  private func pick(
    _ row: [Float], at position: Int, reveal: Float, kept: Float?, _ step: Int
  ) -> Int32? {
    let mask = Int(uniform.maskID)
    var values = row.map { $0 * reveal }
    values[mask] = kept ?? 0
    let winner = Self.winner(among: values) { uniform(step, position, $0) }
    return winner == mask ? nil : Int32(winner)
  }

  /// The index of the greatest value / (1e-10 − log(u + 1e-10)): the official `_sample_categorical`.
  static func winner(among values: [Float], uniform: (_ index: Int) -> Float) -> Int {
    var (best, winner): (Float, Int) = (-1, 0)
    for index in values.indices {
      let value = values[index] / (1e-10 - log(uniform(index) + 1e-10))
      if value > best { (best, winner) = (value, index) }
    }
    return winner
  }

  private func belief(_ row: [Float], _ token: Int32) -> TokenBelief {
    let sum = row.reduce(0.0) { $0 + Double($1) }
    return TokenDistribution(probabilities: row.map { Double($0) / max(sum, 1e-300) })
      .belief(in: token)
  }
}

/// The uniform numbers of the published draw: one for every step, position and token.
struct PublishedUniforms: Sendable {
  let maskID: Int32
  private let number: @Sendable (_ step: Int, _ position: Int, _ token: Int) -> Float

  /// Numbers of the caller's, such as recorded ones.
  init(
    maskID: Int32,
    _ number: @escaping @Sendable (_ step: Int, _ position: Int, _ token: Int) -> Float
  ) {
    self.maskID = maskID
    self.number = number
  }

  /// Numbers with 24 bits, as PyTorch draws them in single precision.
  init(maskID: Int32, vocabularySize: Int, _ draws: SampleDraws) {
    self.init(maskID: maskID) { step, position, token in
      let key = RandomKey(seed: draws.seed, stream: .publishedNoise, step: step)
      let bits = key.bits(row: draws.sample, position: position * vocabularySize + token)
      return Float(bits >> 40) * 0x1p-24
    }
  }

  func callAsFunction(_ step: Int, _ position: Int, _ token: Int) -> Float {
    number(step, position, token)
  }
}

extension [Float] {
  /// The first of the greatest values.
  fileprivate var indexOfGreatest: Int32? {
    indices.max { (self[$0], -$0) < (self[$1], -$1) }.map(Int32.init)
  }
}
