import MDLM

extension EvaluatePerplexity {
  func run(in context: CommandContext) throws {
    let model = try MaskedDiffusionModel(
      path: checkpoint, tokenizerPath: tokenizer, weights: weights == .raw ? .raw : .ema,
      on: Device(threads: threads))
    let rows = try rows(for: model, context)
    let evaluator = PerplexityEvaluator(
      model.diffusion, estimator: estimator, samples: samples, errorGoal: until,
      seed: UInt64(seed), batchSize: batchSize)
    if let plot { try AtomicReplacement.checkFile(plot) }
    guard let estimate = try measure(model, rows, evaluator, context) else { return }
    if let plot { try LossCurvePlot(estimate).write(to: plot) }
    let report = EvaluationReport(estimate)
    if json {
      try context.print(JSONLine(report.fields).text)
    } else {
      for line in report.lines { try context.print(line) }
    }
    if let until, estimate.monteCarloError ?? .infinity > until {
      context.note(
        "the Monte-Carlo error is above \(until) after \(samples) draws; --samples allows more")
    }
  }

  /// Evaluates with a line of progress.
  private func measure(
    _ model: MaskedDiffusionModel, _ rows: TokenRows, _ evaluator: PerplexityEvaluator,
    _ context: CommandContext
  ) throws -> LikelihoodEstimate? {
    var line = ProgressLine(terminal: context.terminal)
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    let estimate = evaluator.evaluate(model.network, on: rows) { progress in
      let update = line.update(at: clock.now - start, text(progress, rowCount: rows.count))
      if !update.isEmpty { try? context.messages.write(update) }
      return context.interruption.isRequested ? .stop : .proceed
    }
    let end = line.end()
    if !end.isEmpty { try? context.messages.write(end) }
    try context.interruption.check()
    return estimate
  }

  /// One line, such as `120/240 rows  1.7755 nats/token ± 0.0031`: what noise leaves open.
  private func text(_ progress: PerplexityEvaluator.Progress, rowCount: Int) -> String {
    func number(_ value: Double) -> String { NumberFormat.fixed(value, digits: 4) }
    var text = "\(progress.rowsDone)/\(progress.rowsTotal) rows"
    if until != nil {
      let draw = min(progress.rowsDone / max(rowCount, 1) + 1, samples)
      text = "draw \(draw), \(progress.rowsDone) rows"
    }
    if progress.rowsDone > 0 { text += "  \(number(progress.nll)) nats/token" }
    if let error = progress.monteCarloError { text += " ± \(number(error))" }
    if let until { text += ", wanted ± \(until)" }
    return text
  }

  /// The rows to measure: files, or a split of the data that the run was trained with.
  private func rows(
    for model: MaskedDiffusionModel, _ context: CommandContext
  ) throws -> TokenRows {
    let trained = try model.directory.runConfiguration()
    let source: DataSource
    if data.isEmpty {
      guard let trained else {
        throw InputError(
          .usage, "mdlm eval-ppl",
          found: "no --data, and no config.json5 of a run around \(checkpoint)",
          expected: "files to measure", remedy: "Name them with --data FILE…")
      }
      source = try trained.dataSource
    } else {
      try checkTokenizer(of: model)
      source = try files(model, trained)
    }
    let split: DataSplit = data.isEmpty ? DataSplit(self.split) : .train
    let dataset = try source.load(split, tokenizer: model.tokenizer)
    for note in dataset.notes { context.note(note) }
    guard let rows = dataset.rows[split] else {
      throw InputError(
        .badData, checkpoint, found: "no rows in the \(split) part", expected: "at least one",
        remedy: "Choose another part with --split")
    }
    try rows.checkIDs(
      vocabularySize: model.network.vocabularySize, maskID: model.diffusion.maskID,
      subject: data.isEmpty ? checkpoint : data.joined(separator: ", "))
    return rows
  }

  private func checkTokenizer(of model: MaskedDiffusionModel) throws(InputError) {
    let text = data.first { DataFormat(path: $0) != .shard }
    guard let text, model.tokenizer == nil else { return }
    throw InputError(
      .missingInput, model.directory.path, found: "no tokenizer.json",
      expected: "the model's tokenizer, to read \(text)",
      remedy: "Name it with --tokenizer PATH, or give token ids (.bin)")
  }

  /// Files are packed as the run packed its own; without a run, in the official way where the
  /// tokenizer has the special tokens for it, else as one stream with nothing inserted.
  private func files(
    _ model: MaskedDiffusionModel, _ trained: RunConfiguration?
  ) throws -> DataSource {
    let isFramed = model.tokenizer?.beginID != nil && model.tokenizer?.endID != nil
    return DataSource(
      train: data,
      documents: trained?.data.documents ?? (isFramed ? .lines : .stream),
      packing: trained.map { Packing(wrap: $0.data.wrap, insertBOSEOS: $0.data.insertBOSEOS) }
        ?? (isFramed ? .wrapped : .plain),
      fractions: try SplitFractions(), length: model.network.length,
      vocabularySize: model.network.vocabularySize, rawUInt16: readsRawShards)
  }
}

extension DataSplit {
  fileprivate init(_ split: EvaluatePerplexity.Split) {
    self =
      switch split {
      case .train: .train
      case .valid: .valid
      case .test: .test
      }
  }
}
