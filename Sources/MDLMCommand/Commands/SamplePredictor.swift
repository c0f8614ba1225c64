import MDLM

/// The options of `mdlm sample` that say how masks turn into tokens.
struct SamplePredictor: Sendable {
  static let options = [
    Option(
      "predictor", .value(.choice(of: Predictor.self)), metavar: "NAME",
      default: .described("the model's"),
      help: """
        Exact: ddpm, ddpm_cache, analytic, first_hitting (one token a call). Fixed counts: tau, and \
        the surest first by confidence, margin, entropy. As many as are sure: threshold, \
        entropy_bound. With second thoughts: remdm_cap, remdm_rescale, remdm_conf, remdm_loop, \
        forward_backward, dfm. A model of d3pm takes ddpm or ddpm_cache, one of sedd analytic or \
        euler, one of ar nothing but ar.
        """),
    Option(
      "steps", .value(.integer(1...1_000_000)), metavar: "T", default: .described("the model's"),
      help: "Steps from all masked to none."),
    Option(
      "nfe", .value(.integer(1...10_000_000)), metavar: "N",
      help: "Choose the steps that make about N calls of the network for each sample."),
    Option(
      "seconds", .value(.number), metavar: "S",
      help: "Measure the network, and choose and print the --nfe that takes about S seconds."),
    Option(
      "grid", .value(.choice(of: TimeGrid.Spacing.self)), metavar: "linear|cosine",
      default: .value("linear"), help: "Even steps of time, or few reveals early and many late."),
    Option(
      "order-temperature", .value(.number), metavar: "X",
      default: .described("0, the surest first"),
      help: "Randomness in the order of confidence, margin and entropy."),
    Option(
      "threshold", .value(.number), metavar: "P", default: .described("0.9"),
      help: "threshold reveals positions with a token at least this likely."),
    Option(
      "entropy-bound", .value(.number), metavar: "NATS", default: .described("0.1"),
      help: "What entropy_bound gives away in a call."),
    Option(
      "eta", .value(.number), metavar: "X", default: .described("the published value"),
      help: "How much remdm_cap, remdm_rescale and remdm_loop mask again."),
    Option(
      "gumbel", .value(.choice(of: Draw.self)), metavar: "exact|fp32", default: .value("exact"),
      help: """
        fp32 is the published draw, whose single-precision noise makes text likelier and poorer \
        than the model's.
        """),
    Option(
      "uncached", .flag,
      help: "With ar, compute all tokens again for each new one: the same text, far slower."),
  ]

  /// How tokens are drawn.
  enum Draw: String, CaseIterable, Sendable {
    case exact
    case published = "fp32"
  }

  let name: Predictor?
  let steps: Int?
  let networkCalls: Int?
  let seconds: Double?
  private let grid: TimeGrid.Spacing
  private let orderTemperature: Double?
  private let threshold: Double?
  private let entropyBound: Double?
  private let eta: Double?
  private let draw: Draw
  private let isUncached: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    try arguments.checkNotBoth("steps", "nfe")
    try arguments.checkNotBoth("steps", "seconds")
    try arguments.checkNotBoth("nfe", "seconds")
    name = arguments.optionalChoice("predictor")
    steps = arguments.optionalInteger("steps")
    networkCalls = arguments.optionalInteger("nfe")
    seconds = arguments.optionalNumber("seconds")
    if let seconds, seconds <= 0 {
      throw InputError(
        .usage, "--seconds", found: "\(seconds)", expected: "a number above 0",
        remedy: "Write, for example, --seconds 10")
    }
    grid = arguments.choice("grid")
    orderTemperature = arguments.optionalNumber("order-temperature")
    threshold = arguments.optionalNumber("threshold")
    entropyBound = arguments.optionalNumber("entropy-bound")
    eta = arguments.optionalNumber("eta")
    draw = arguments.choice("gumbel")
    isUncached = arguments.flag("uncached")
  }

  /// The settings for a model.
  ///
  /// - Parameters:
  ///   - defaults: Those of its configuration, where it has one.
  ///   - parameterization: Its parameterization.
  /// - Returns: The settings.
  /// - Throws: ``InputError`` for an option that the predictor has no use for.
  func settings(
    _ defaults: RunConfiguration.Sampling?, _ parameterization: Parameterization
  ) throws(InputError) -> SamplerSettings {
    let predictor = name ?? defaults?.predictor ?? parameterization.defaultPredictor
    var settings = SamplerSettings(
      predictor: predictor, steps: steps ?? defaults?.steps ?? 128)
    settings.removesNoise = defaults?.noiseRemoval ?? true
    settings.spacing = grid
    settings.usesPublishedNoise = draw == .published
    try use(orderTemperature, "order-temperature", [.confidence, .margin, .entropy], predictor) {
      settings.orderTemperature = $0
    }
    try use(threshold, "threshold", [.threshold], predictor) { settings.confidenceThreshold = $0 }
    try use(entropyBound, "entropy-bound", [.entropyBound], predictor) {
      settings.entropyBound = $0
    }
    try use(eta, "eta", [.remdmCap, .remdmRescale, .remdmLoop], predictor) {
      settings.remaskingStrength = $0
    }
    settings.keepsKeys = !isUncached
    if isUncached && predictor != .ar {
      throw InputError(
        .usage, "--uncached", found: "it with --predictor \(predictor.rawValue)",
        expected: "ar, which alone keeps what it computed", remedy: "Leave it out")
    }
    if !predictor.hasSteps && steps != nil {
      throw InputError(
        .usage, "--steps", found: "it with \(predictor.rawValue)",
        expected: "a predictor that has steps",
        remedy: predictor == .ar
          ? "Leave it out: every token is one call"
          : "Leave it out, or choose tau: random order in so many calls")
    }
    return settings
  }

  private func use(
    _ value: Double?, _ option: String, _ users: [Predictor], _ predictor: Predictor,
    _ apply: (Double) -> Void
  ) throws(InputError) {
    guard let value else { return }
    guard users.contains(predictor) else {
      throw InputError(
        .usage, "--\(option)", found: "it with --predictor \(predictor.rawValue)",
        expected: users.map(\.rawValue).alternatives,
        remedy: "Leave it out or choose another predictor")
    }
    apply(value)
  }
}
