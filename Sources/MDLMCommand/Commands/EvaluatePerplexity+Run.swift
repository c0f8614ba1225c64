import MDLM

extension EvaluatePerplexity {
  func run(in context: CommandContext) throws {
    let model = try MaskedDiffusionModel(
      path: checkpoint, tokenizerPath: tokenizer, weights: weights == .raw ? .raw : .ema,
      on: Device(threads: threads))
    let rows = try rows(for: model, context)
    let evaluator = PerplexityEvaluator(
      model.diffusion, samples: samples, seed: UInt64(seed), batchSize: batchSize)
    var line = ProgressLine(terminal: context.terminal)
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    let estimate = try evaluator.evaluate(model.network, on: rows) { progress in
      let text =
        "\(progress.rowsDone)/\(progress.rowsTotal) rows  "
        + "\(NumberFormat.fixed(progress.nll, digits: 4)) nats/token"
      let update = line.update(at: clock.now - start, text)
      if !update.isEmpty { try? context.messages.write(update) }
      return context.interruption.isRequested ? .stop : .proceed
    }
    let end = line.end()
    if !end.isEmpty { try? context.messages.write(end) }
    try context.interruption.check()
    if let estimate { try print(estimate, in: context) }
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
      reading: TextReading(
        documents: trained?.data.documents ?? (isFramed ? .lines : .stream),
        detokenizer: trained?.data.detokenizer ?? .none),
      packing: trained.map(\.packing)
        ?? (isFramed ? .wrapped() : .plain),
      fractions: try SplitFractions(), length: model.network.length,
      vocabularySize: model.network.vocabularySize, rawUInt16: readsRawShards)
  }

  private func print(_ estimate: LikelihoodEstimate, in context: CommandContext) throws {
    if json {
      func optional(_ value: Double?) -> JSONLine.Value { value.map { .number($0) } ?? .null }
      try context.print(
        JSONLine([
          "nll": .number(estimate.nll), "stderr": .number(estimate.standardError),
          "mc_stderr": optional(estimate.monteCarloError), "ppl": .number(estimate.perplexity),
          "bpd": .number(estimate.bitsPerToken),
          "bits_per_character": optional(estimate.bitsPerCharacter),
          "bits_per_byte": optional(estimate.bitsPerByte), "tokens": .integer(estimate.tokens),
          "sequences": .integer(estimate.sequences), "samples": .integer(estimate.samples),
          "estimator": .string(estimator.rawValue),
        ]).text)
      return
    }
    func number(_ value: Double) -> String { NumberFormat.fixed(value, digits: 4) }
    try context.print("perplexity      \(number(estimate.perplexity))")
    var nll = "NELBO           \(number(estimate.nll)) nats/token"
    nll += ", standard error over rows \(number(estimate.standardError))"
    if let error = estimate.monteCarloError { nll += ", of the \(samples) draws \(number(error))" }
    try context.print(nll)
    try context.print("bits/token      \(number(estimate.bitsPerToken))")
    if let bits = estimate.bitsPerCharacter { try context.print("bits/character  \(number(bits))") }
    if let bits = estimate.bitsPerByte { try context.print("bits/byte       \(number(bits))") }
    try context.print("measured on     \(estimate.tokens) tokens in \(estimate.sequences) rows")
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
