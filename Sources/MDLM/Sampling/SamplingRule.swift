/// How a predictor takes the masks of one block of one sequence from all to none.
///
/// A rule is asked for one step after the other. What it may look at is the state of the block and
/// random numbers that belong to the sample; the network is called for it.
protocol SamplingRule: Sendable {
  /// The next step, or nil when there is none.
  mutating func nextStep(_ block: BlockState) -> SamplingStep?

  /// Which of the positions of a step that ``SamplingStep/Action/consider(_:)``s are revealed.
  ///
  /// - Parameters:
  ///   - positions: The positions, ascending.
  ///   - certainties: What the model says of each.
  /// - Returns: Indices into `positions`.
  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int]

  /// Takes p(x_0 | x_t), or the scores of SEDD, at the positions of a step that ``SamplingStep/Action/read(_:)``s.
  mutating func receive(_ probabilities: [[Float]], at positions: [Int])
}

extension SamplingRule {
  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    Array(positions.indices)
  }

  mutating func receive(_ probabilities: [[Float]], at positions: [Int]) {}
}

/// What a rule may know of the block it works on.
struct BlockState: Sendable {
  /// The positions that are masks now, ascending.
  var masked: [Int]
  /// The positions that have been revealed, with the model's probability of their token.
  var revealed: [Int: Double]
  /// The share of masks among all tokens that the network sees.
  var maskedShare: Double
}

/// One step of a predictor in one block of one sequence.
struct SamplingStep: Sendable {
  /// Counted from 0 in the block.
  var index: Int
  /// t where it begins.
  var time: Double
  /// The share of tokens masked at that time, whose noise level the network is told.
  var maskProbability: Double
  var action: Action
  /// Positions whose tokens become masks, after the network has seen them.
  var remasked: [Int] = []

  enum Action: Sendable {
    /// Nothing that needs the network.
    case rest
    /// Calls the network and draws tokens at these positions, of which there may be none.
    case reveal([Int], TokenChoice)
    /// Calls the network and lets ``SamplingRule/choose(_:_:)`` pick among these positions.
    case consider([Int])
    /// Calls the network for its probabilities at these positions.
    case read([Int])
    /// Puts tokens that have been drawn already.
    case assign([Draw])
  }

  /// A token that has been drawn.
  struct Draw: Sendable {
    let position: Int
    let token: Int32
    let belief: TokenBelief

    init(_ position: Int, _ token: Int32, belief: TokenBelief) {
      self.position = position
      self.token = token
      self.belief = belief
    }
  }

  /// How the token of a position is chosen.
  enum TokenChoice: Sendable {
    case draw
    case likeliest
  }
}

/// Random numbers of one sample.
struct SampleDraws: Sendable {
  let seed: UInt64
  /// The number of the sample.
  let sample: Int

  func uniform(_ stream: RandomStream, step: Int = 0, position: Int) -> Double {
    RandomKey(seed: seed, stream: stream, step: step).uniform(row: sample, position: position)
  }
}

/// How sure a model is of one masked position, among the tokens that are allowed there.
struct Certainty: Sendable {
  /// The probability of the likeliest token.
  var largest: Double
  /// The probability of the second one.
  var second: Double
  /// In nats.
  var entropy: Double
  /// log Σ e^logit.
  var logSum: Double
}
