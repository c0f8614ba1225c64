import MDLM

/// The options of `mdlm sample` that show how text comes about.
struct SampleViews: Sendable {
  static let options = [
    Option("watch", .flag, help: "Show the text on the terminal while it appears."),
    Option(
      "trace", .value(.file), metavar: "FILE",
      help: "Write every reveal to FILE, for mdlm report."),
  ]

  let watches: Bool
  let trace: String?

  init(_ arguments: ParsedArguments) {
    watches = arguments.flag("watch")
    trace = arguments.optionalString("trace")
  }

  /// The file that takes the trace, with its first line; nil where none is wanted.
  func makeTrace(
    of model: MaskedDiffusionModel, _ settings: SamplerSettings
  ) throws(InputError) -> TraceWriter? {
    guard let trace else { return nil }
    let fingerprint = try ModelFingerprint(of: model, .ema)
    let header = TraceHeader(
      model: fingerprint.weights, tokenizer: fingerprint.tokenizer,
      predictor: settings.predictor.rawValue, schedule: model.diffusion.noise.type.rawValue,
      grid: settings.spacing.rawValue, steps: settings.steps, seed: settings.seed,
      maskID: model.diffusion.maskID, settings: settings.tracedSettings)
    let name = model.tokenizer.map { tokenizer in
      { (id: Int32) in tokenizer.displayText(of: id) }
    }
    return try TraceWriter(path: trace, header: header, name: name)
  }

  /// The view on the terminal; nil where none is wanted or there is no terminal.
  func makeView(
    of model: MaskedDiffusionModel, _ templates: [SequenceTemplate], _ settings: SamplerSettings,
    in context: CommandContext
  ) -> DenoisingView? {
    guard watches else { return nil }
    guard context.terminal.isLive else {
      context.note("--watch needs a terminal on standard error, and is ignored")
      return nil
    }
    let template = templates.first ?? SequenceTemplate(length: 0)
    let blocks = settings.order.blockCount(of: template.length, limit: model.network.length)
    let steps =
      settings.predictor.hasSteps
      ? settings.steps * blocks : template.freePositions.count
    return DenoisingView(
      terminal: context.terminal, sampleCount: templates.count,
      steps: steps,
      text: TokenText(model.tokenizer, maskID: model.diffusion.maskID))
  }
}

extension SamplerSettings {
  /// What differs from the defaults, for the first line of a trace.
  fileprivate var tracedSettings: [TraceHeader.Setting] {
    let plain = SamplerSettings()
    var settings: [TraceHeader.Setting] = []
    func add<Value: Equatable>(
      _ name: String, _ key: KeyPath<SamplerSettings, Value>,
      _ value: (Value) -> TraceHeader.Value?
    ) {
      guard self[keyPath: key] != plain[keyPath: key], let value = value(self[keyPath: key]) else {
        return
      }
      settings.append(.init(name, value))
    }
    add("order_temperature", \.orderTemperature) { .number($0) }
    add("threshold", \.confidenceThreshold) { .number($0) }
    add("entropy_bound", \.entropyBound) { .number($0) }
    add("eta", \.remaskingStrength) { $0.map { .number($0) } }
    add("temperature", \.controls.temperature) { .number($0) }
    add("top_k", \.controls.topK) { $0.map { .integer($0) } }
    add("top_p", \.controls.topP) { $0.map { .number($0) } }
    add("top_p_rule", \.controls.topPRule) { .text($0.rawValue) }
    add("repetition_penalty", \.controls.repetitionPenalty) { .number($0) }
    add("banned", \.controls.banned) { .integer($0.count) }
    add("gumbel", \.usesPublishedNoise) { .text($0 ? "fp32" : "exact") }
    add("stop", \.stopRule) { .text($0.rawValue) }
    add("order", \.order) { order -> TraceHeader.Value? in
      switch order {
      case .whole: nil
      case .blocks(let size, let slides): .text("blocks of \(size)\(slides ? ", sliding" : "")")
      case .strides(let stride): .text("strides of \(stride)")
      }
    }
    return settings
  }
}

/// What looks on while samples are drawn.
struct SampleObservers {
  private let trace: TraceWriter?
  private var view: DenoisingView?
  private let clock = ContinuousClock()
  private let begin: ContinuousClock.Instant

  init(trace: TraceWriter?, view: DenoisingView?) {
    self.trace = trace
    self.view = view
    begin = clock.now
  }

  mutating func show(_ event: SamplingEvent, in context: CommandContext) throws {
    try trace?.write(event)
    let time = clock.now - begin
    if let text = view?.show(event, at: time), !text.isEmpty {
      try? context.messages.write(text)
    }
  }

  /// Clears the terminal for other text.
  mutating func clear(in context: CommandContext) {
    if let text = view?.end(), !text.isEmpty { try? context.messages.write(text) }
  }
}
