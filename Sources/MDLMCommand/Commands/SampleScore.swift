import MDLM

/// The options of `mdlm sample` that say how good samples are, and the figures.
struct SampleScore: Sendable {
  static let options = [
    Option(
      "score", .flag,
      help: """
        Show entropy, diversity and repetition of the samples, too; with --gumbel fp32 beside exact \
        ones.
        """),
    Option.judge,
  ]

  private let isWanted: Bool
  private let judgePath: String?

  init(_ arguments: ParsedArguments) throws(InputError) {
    isWanted = arguments.flag("score")
    judgePath = arguments.optionalString("judge")
    if judgePath != nil && !isWanted {
      throw InputError(
        .usage, "--judge", found: "it without --score", expected: "samples that are to be scored",
        remedy: "Add --score")
    }
  }

  /// What scores the samples; nil where that is not wanted.
  ///
  /// - Throws: ``InputError`` or ``InputErrors`` for a judge that cannot be used, before any sample is drawn.
  func scorer(
    for model: MaskedDiffusionModel, _ settings: SamplerSettings
  ) throws -> SampleScorer? {
    guard isWanted else { return nil }
    if judgePath != nil && model.tokenizer == nil {
      throw InputError(
        .usage, "--judge", found: "it with a model that has no tokenizer",
        expected: "text for the judge to read", remedy: "Name a tokenizer with --tokenizer")
    }
    let judge = try judgePath.map { path in
      try TextJudge(path: path, on: model.network.parameters.device)
    }
    return SampleScorer(model: model, settings: settings, judge: judge)
  }
}

/// Scores samples that have just been drawn, on standard error.
struct SampleScorer {
  let model: MaskedDiffusionModel
  let settings: SamplerSettings
  let judge: TextJudge?

  /// Shows the figures of samples; those of the published draw beside as many exact ones.
  ///
  /// - Parameters:
  ///   - samples: What was drawn, in any number.
  ///   - sampler: How it was drawn.
  ///   - templates: What it was drawn for.
  ///   - context: Where the figures go.
  /// - Throws: ``InputError`` where the judge cannot read a text, ``Interruption/Caught``.
  func show(
    _ samples: [MDLM.Sample], by sampler: Sampler, _ templates: [SequenceTemplate],
    in context: CommandContext
  ) throws {
    guard !samples.isEmpty else { return }
    var rows = [try row("samples", samples, in: context)]
    if settings.usesPublishedNoise {
      var exact = sampler
      exact.settings.usesPublishedNoise = false
      exact.describesReveals = false
      let drawn = try exact.sample(
        from: model.network, Array(templates.prefix(samples.count))
      ) { _ in context.interruption.isRequested ? .stop : .proceed }
      try context.interruption.check()
      rows.append(try row("exact draw", drawn, in: context))
    }
    for line in QualityTable(rows).lines { context.say(line) }
    let entropies = rows.compactMap(\.quality.statistics.entropy.mean)
    if entropies.count == 2 {
      let difference = NumberFormat.fixed(entropies[0] - entropies[1], digits: 3)
      context.say("the published draw changes the entropy of a sample by \(difference) nats")
    }
  }

  private func row(
    _ name: String, _ samples: [MDLM.Sample], in context: CommandContext
  ) throws -> QualityRow {
    let steps = settings.predictor.hasSteps ? settings.steps : nil
    let method = SamplingMethod(predictor: settings.predictor.rawValue, steps: steps)
    let records = samples.map { sample in
      SampleRecord(
        tokens: sample.tokens,
        text: model.tokenizer == nil ? nil : model.text(of: sample.tokens),
        networkCalls: Double(sample.networkCalls), seconds: nil, method: method)
    }
    var progress = JudgingProgress(in: context)
    let quality = try SampleQuality(
      of: records, endID: model.tokenizer?.endID, judge: judge
    ) { progress.show("judging  \(samples.count) samples", $0) }
    progress.end()
    guard let quality else { throw progress.interruption }
    return QualityRow(file: name, isRealText: false, unit: .tokens, quality: quality)
  }
}
