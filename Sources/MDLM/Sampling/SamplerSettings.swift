/// How sequences are drawn: everything but the model, the templates and their number.
public struct SamplerSettings: Sendable, Equatable {
  public var predictor: Predictor
  /// Steps of the time grid from all masks to none, in every block.
  ///
  /// `first_hitting` has none. For `threshold` and `entropy_bound` it is the most calls of the network;
  /// `dfm` may take more where its probabilities would exceed one.
  public var steps: Int
  public var spacing: TimeGrid.Spacing = .linear
  /// Whether masks that are left behind the last step become tokens.
  public var removesNoise = true
  /// How random the order of `confidence`, `margin` and `entropy` is; 0 is not at all.
  public var orderTemperature = 0.0
  /// What the likeliest token's probability must reach with `threshold`.
  public var confidenceThreshold = 0.9
  /// The nats that `entropy_bound` gives away in one call.
  public var entropyBound = 0.1
  /// η, how much ReMDM masks again; nil takes the published value of each predictor.
  public var remaskingStrength: Double?
  public var remaskingLoop = RemaskingLoop()
  public var controls = TokenControls()
  public var order = GenerationOrder.whole
  public var stopRule = StopRule.none
  /// The token that ``stopRule`` looks for.
  public var endID: Int32?
  /// The token that sequences of autoregressive models begin with, where they may; nil draws any.
  public var beginID: Int32?
  /// Whether autoregressive models keep keys and values from one token to the next: the same samples
  /// in far less time.
  public var keepsKeys = true
  /// Whether tokens and positions are drawn by the published Gumbel noise in single precision.
  ///
  /// Its numbers never come near 1, which cuts the noise's tail off: as if the temperature were below
  /// 1 (arXiv 2409.02908). For comparisons with published figures; with `ddpm`, `ddpm_cache` and
  /// `analytic` only.
  public var usesPublishedNoise = false
  public var seed: UInt64

  public init(predictor: Predictor = .ddpmCache, steps: Int = 128, seed: UInt64 = 1) {
    self.predictor = predictor
    self.steps = steps
    self.seed = seed
  }
}

extension SamplerSettings {
  /// η of a predictor where the user has not chosen one (arXiv 2503.00307, section 6).
  public static func publishedStrength(of predictor: Predictor) -> Double? {
    switch predictor {
    case .remdmCap: 0.008
    case .remdmRescale: 0.015
    case .remdmLoop: 0.02
    default: nil
    }
  }

  /// The grid of one block.
  ///
  /// Predictors that count reveals go through to time 0, and so do strides, as in the official code.
  var grid: TimeGrid {
    let isCounted: Bool =
      switch predictor {
      case .tau, .confidence, .margin, .entropy, .threshold, .entropyBound: true
      default: if case .strides = order { true } else { false }
      }
    return TimeGrid(spacing, steps: steps, end: isCounted ? 0 : TimeGrid.officialEnd)
  }

  /// The rule that takes one block from masks to tokens.
  func rule(for block: BlockStart) -> any SamplingRule {
    let grid = grid
    let removal: SamplingStep.TokenChoice? =
      removesNoise ? (predictor == .analytic ? .draw : .likeliest) : nil
    if usesPublishedNoise {
      return PublishedPredictor(
        block, grid: grid, block.parameterization == .sedd ? .score : .ancestral,
        callsEveryStep: predictor == .ddpm,
        keepsProbabilities: predictor != .ddpm && !block.conditionsOnTime, removal: removal)
    }
    switch (predictor, block.parameterization) {
    case (.analytic, .sedd):
      return ScorePredictor(block, .analytic, grid: grid, removesNoise: removesNoise)
    case (.ddpm, .d3pm), (.ddpmCache, .d3pm):
      return RemaskingPredictor(block, block.jumps, removesNoise: removesNoise)
    default: return plainRule(for: block, grid, removal)
    }
  }

  private func plainRule(
    for block: BlockStart, _ grid: TimeGrid, _ removal: SamplingStep.TokenChoice?
  ) -> any SamplingRule {
    switch predictor {
    case .euler: return ScorePredictor(block, .euler, grid: grid, removesNoise: removesNoise)
    case .ar: return LeftToRightPredictor(block)
    case .ddpm:
      return AncestralPredictor(block, grid: grid, callsEveryStep: true, removal: removal)
    case .ddpmCache, .analytic: return AncestralPredictor(block, grid: grid, removal: removal)
    case .firstHitting: return FirstHittingPredictor(block)
    case .tau: return RandomOrderPredictor(block, grid: grid)
    case .confidence, .margin, .entropy:
      let measure: CertaintyOrderPredictor.Measure =
        switch predictor {
        case .confidence: .confidence
        case .margin: .margin
        default: .entropy
        }
      return CertaintyOrderPredictor(
        block, grid: grid, by: measure, temperature: orderTemperature)
    case .threshold:
      return ThresholdPredictor(block, grid: grid, threshold: confidenceThreshold)
    case .entropyBound: return EntropyBoundPredictor(block, grid: grid, bound: entropyBound)
    case .remdmCap, .remdmRescale, .remdmConf, .remdmLoop, .forwardBackward, .dfm:
      return RemaskingPredictor(block, block.jumps, removesNoise: removesNoise)
    }
  }

  /// The steps of a predictor that masks again, and those of D3PM, which may draw the mask; none for
  /// others.
  func jumps(
    _ schedule: any NoiseSchedule, _ parameterization: Parameterization = .subs
  ) -> [Jump] {
    if parameterization == .d3pm {
      return Jump.remasking(grid, schedule) { _, _, _ in .never }
    }
    let eta = remaskingStrength ?? Self.publishedStrength(of: predictor) ?? 0
    return switch predictor {
    case .remdmCap: Jump.capped(grid, schedule, eta: eta)
    case .remdmRescale: Jump.rescaled(grid, schedule, eta: eta)
    case .remdmConf: Jump.leastSure(grid, schedule)
    case .remdmLoop: remaskingLoop.jumps(grid, eta: eta)
    case .forwardBackward: Jump.forwardBackward(grid, schedule)
    case .dfm: Jump.discreteFlow(grid, schedule)
    default: []
    }
  }
}

/// What a rule is made from.
struct BlockStart {
  /// The masks of the block, ascending.
  let positions: [Int]
  let draws: SampleDraws
  let schedule: any NoiseSchedule
  /// Whether the network's answer depends on the time.
  let conditionsOnTime: Bool
  let publishedUniforms: PublishedUniforms
  /// The number of token ids, the mask included.
  let vocabularySize: Int
  var parameterization = Parameterization.subs
  /// What an autoregressive sequence begins with, where that is free.
  var firstToken: Int32 = 0
  /// The steps of a predictor that masks again, which all blocks share.
  var jumps: [Jump] = []
}
