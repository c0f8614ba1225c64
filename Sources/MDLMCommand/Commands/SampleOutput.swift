import MDLM

/// Prints samples in their order as they are finished.
struct SampleOutput {
  private let model: MaskedDiffusionModel
  private let templates: [SequenceTemplate]
  private let settings: SamplerSettings
  private let asJSON: Bool
  private let context: CommandContext
  private var observers: SampleObservers
  private let clock = ContinuousClock()
  /// The share of the time that each sample has taken.
  private var seconds: [Int: Double] = [:]
  private var lastCall: ContinuousClock.Instant
  private var pending: [Int: (sample: MDLM.Sample, seconds: Double)] = [:]
  private var next = 0
  private var isFirst = true

  init(
    _ model: MaskedDiffusionModel, _ templates: [SequenceTemplate], _ settings: SamplerSettings,
    asJSON: Bool, _ observers: SampleObservers, in context: CommandContext
  ) {
    self.model = model
    self.templates = templates
    self.settings = settings
    self.asJSON = asJSON
    self.observers = observers
    self.context = context
    lastCall = clock.now
  }

  mutating func show(_ event: SamplingEvent) throws {
    try observers.show(event, in: context)
    switch event {
    case .called(let call):
      // Samples that take part in a call share its time.
      let now = clock.now
      let share = (now - lastCall) / .seconds(1) / Double(max(1, call.samples.count))
      for sample in call.samples { seconds[sample, default: 0] += share }
      lastCall = now
    case .finished(let sample):
      pending[sample.index] = (sample, seconds.removeValue(forKey: sample.index) ?? 0)
      while let ready = pending.removeValue(forKey: next) {
        try print(ready.sample, ready.seconds)
        next += 1
      }
    case .began, .revealed, .remasked: break
    }
  }

  /// Prints what was finished while one before it was not.
  mutating func end() throws {
    observers.clear(in: context)
    for (_, ready) in pending.sorted(by: { $0.key < $1.key }) {
      try print(ready.sample, ready.seconds)
    }
    pending = [:]
  }

  /// Several texts are kept apart by an empty line; `--json` keeps them apart for programs.
  private mutating func print(_ sample: MDLM.Sample, _ seconds: Double) throws {
    observers.clear(in: context)
    if asJSON {
      try context.print(JSONLine(fields(of: sample, seconds)).text)
    } else {
      if !isFirst { try context.print("") }
      try context.print(model.text(of: sample.tokens))
    }
    isFirst = false
  }

  private func fields(
    of sample: MDLM.Sample, _ seconds: Double
  ) -> [String: JSONLine.Value] {
    var fields: [String: JSONLine.Value] = [
      "sample": .integer(sample.index), "tokens": .integers(sample.tokens),
      "nfe": .integer(sample.networkCalls), "seconds": .number(seconds),
      "predictor": .string(settings.predictor.rawValue),
    ]
    if settings.predictor.hasSteps { fields["steps"] = .integer(settings.steps) }
    guard model.tokenizer != nil else { return fields }
    fields["text"] = .string(model.text(of: sample.tokens))
    let template = templates[sample.index]
    if template.freePositions.count < template.length {
      fields["filled"] = .strings(
        template.freeSpans.map { span in
          model.text(of: Array(sample.tokens[span.clamped(to: sample.tokens.indices)]))
        })
    }
    return fields
  }
}
