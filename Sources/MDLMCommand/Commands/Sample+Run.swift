import MDLM

extension Sample {
  func run(in context: CommandContext) throws {
    let model = try MaskedDiffusionModel(
      path: checkpoint, tokenizerPath: tokenizer, on: Device(threads: threads))
    for note in model.directory.notes { context.note(note) }
    try text.check(for: model)
    let trained = try model.directory.runConfiguration()
    let templates = try templates(for: model, trained, in: context)
    var sampler = Sampler(
      model.diffusion, try settings(for: model, trained), batchSize: batchSize)
    sampler.describesReveals = views.trace != nil
    try Self.naming { () throws(InputError) in try sampler.check(templates, for: model.network) }
    try fit(&sampler, to: templates, model, in: context)

    let scorer = try score.scorer(for: model, sampler.settings)
    let forecast = SampleForecast(sampler, templates, model)
    context.say(forecast.announcement)
    var output = SampleOutput(
      model, templates, sampler.settings, asJSON: json,
      SampleObservers(
        trace: try views.makeTrace(of: model, sampler.settings),
        view: views.makeView(of: model, templates, sampler.settings, in: context)),
      in: context)
    var failure: (any Error)?
    let samples = try sampler.sample(from: model.network, templates) { event in
      do { try output.show(event) } catch { failure = error }
      return failure != nil || context.interruption.isRequested ? .stop : .proceed
    }
    if let failure { throw failure }
    try output.end()
    context.say(forecast.result(samples))
    try context.interruption.check()
    try scorer?.show(samples, by: sampler, templates, in: context)
  }

  /// One template for every sample.
  private func templates(
    for model: MaskedDiffusionModel, _ trained: RunConfiguration?, in context: CommandContext
  ) throws -> [SequenceTemplate] {
    let length = text.length ?? model.network.length
    // Without a run the model is taken for one like the published ones, whose rows open with BOS.
    let opens = trained?.data.insertBOSEOS ?? true
    let begin = opens ? model.tokenizer?.beginID : nil
    let requests = try text.requests(in: context)
    guard requests.count <= 1_000_000 / text.count else {
      throw InputError(
        .usage, "--num-samples",
        found: "\(text.count) samples for each of \(requests.count) prompts",
        expected: "at most 1000000 samples in all", remedy: "Draw them in several runs")
    }
    let templates = try requests.map { request in
      try Self.naming { () throws(InputError) in
        try request.template(length: length, begin: begin) { text throws(InputError) in
          try model.tokens(of: text)
        }
      }
    }
    return templates.flatMap { [SequenceTemplate](repeating: $0, count: text.count) }
  }

  private func settings(
    for model: MaskedDiffusionModel, _ trained: RunConfiguration?
  ) throws -> SamplerSettings {
    var settings = try predictor.settings(trained?.sampling, model.diffusion.parameterization)
    settings.controls = try tokens.controls(for: model)
    settings.order = text.order
    settings.stopRule = text.stop
    settings.endID = model.tokenizer?.endID
    if trained?.data.insertBOSEOS ?? true { settings.beginID = model.tokenizer?.beginID }
    settings.seed = UInt64(seed)
    return settings
  }

  /// Chooses the steps that a budget allows.
  private func fit(
    _ sampler: inout Sampler, to templates: [SequenceTemplate], _ model: MaskedDiffusionModel,
    in context: CommandContext
  ) throws {
    guard let longest = templates.max(by: { $0.freeCount < $1.freeCount }) else { return }
    let settings = sampler.settings
    func fitted(_ calls: Int) throws(InputError) -> SamplerSettings {
      try Self.naming { () throws(InputError) in
        try settings.fitting(
          calls: calls, for: longest, model.diffusion, limit: model.network.length,
          conditionsOnTime: model.network.conditionsOnTime)
      }
    }
    if let calls = predictor.networkCalls { sampler.settings = try fitted(calls) }
    guard let seconds = predictor.seconds else { return }
    let calibration = try SampleCalibration(
      sampler, templates, model, trial: try? fitted(16), context.interruption)
    let calls = calibration.calls(within: seconds)
    do throws(InputError) {
      sampler.settings = try fitted(calls)
    } catch {
      var error = error
      error.subject = "--seconds"
      error.found = "\(seconds) s, which are \(error.found)"
      error.remedy = "Allow more time, draw fewer samples or choose another predictor"
      throw error
    }
    context.say(
      "a call of the network takes \(NumberFormat.fixed(calibration.secondsOfCall, digits: 4)) s:"
        + " the same samples come from --nfe \(calls)")
  }

  /// Calls `body`, and has its errors name options in place of settings.
  static func naming<Result>(
    _ body: () throws(InputError) -> Result
  ) throws(InputError) -> Result {
    do throws(InputError) {
      return try body()
    } catch {
      var error = error
      if definition.options.contains(where: { $0.name == error.subject }) {
        error.subject = "--" + error.subject
      }
      throw error
    }
  }
}

extension SequenceTemplate {
  /// How many positions are free.
  fileprivate var freeCount: Int { freePositions.count }
}
