import MDLM

extension EvaluatePerplexity {
  func run(in context: CommandContext) throws {
    guard let checkpoint else { return try listProtocols(in: context) }
    let model = try MaskedDiffusionModel(
      path: checkpoint, tokenizerPath: tokenizer, weights: weights == .raw ? .raw : .ema,
      on: Device(threads: threads))
    for note in model.directory.notes { context.note(note) }
    try checkEstimator(for: model.diffusion.parameterization)
    let fingerprint = try ModelFingerprint(of: model, weights == .raw ? .raw : .ema)
    guard protocolName == Self.suiteName else {
      let subject =
        if let published = protocolName.flatMap(DataProtocol.named) {
          try EvaluationSubject(published, path: data.first, corpora: corpora, for: model)
        } else { try subject(for: model) }
      for note in subject.notes { context.note(note) }
      try report(subject, of: model, fingerprint, in: context)
      return
    }
    try runSuite(of: model, fingerprint, in: context)
  }

  /// Measures every corpus of the suite that is there, and says which are not.
  private func runSuite(
    of model: MaskedDiffusionModel, _ fingerprint: ModelFingerprint, in context: CommandContext
  ) throws {
    var table = SuiteTable()
    var missing: [InputError] = []
    func printTable() throws {
      guard !json, !isDryRun else { return }
      for line in table.lines { try context.print(line) }
    }
    for published in DataProtocol.zeroShot {
      guard published.path(in: corpora) != nil else {
        missing.append(published.missing(in: corpora))
        table.addMissing(published)
        continue
      }
      do {
        let subject = try EvaluationSubject(published, path: nil, corpora: corpora, for: model)
        for note in subject.notes { context.note(note) }
        if let report = try report(
          subject, of: model, fingerprint, isPartOfSuite: true, in: context)
        {
          table.add(published, report)
        }
      } catch {
        // What is measured already took its time.
        if !table.isEmpty { try printTable() }
        throw error
      }
    }
    if missing.count == DataProtocol.zeroShot.count { throw InputErrors(missing) }
    for error in missing { context.note(error.description) }
    try printTable()
  }

  /// Measures one subject and prints the figure, or what would be measured.
  @discardableResult
  private func report(
    _ subject: EvaluationSubject, of model: MaskedDiffusionModel, _ fingerprint: ModelFingerprint,
    isPartOfSuite: Bool = false, in context: CommandContext
  ) throws -> EvaluationReport? {
    let manifest = try EvaluationManifest(
      protocolName: subject.published?.name, files: subject.files, rows: subject.rows,
      making: subject.making, model: fingerprint)
    if isDryRun {
      let plan = EvaluationPlan(subject.rows, manifest, by: model.diffusion.objective)
      try context.print(json ? JSONLine(plan.fields).text : plan.lines.joined(separator: "\n"))
      return nil
    }
    let evaluator = PerplexityEvaluator(
      model.diffusion, estimator: estimator, samples: samples, errorGoal: until,
      seed: UInt64(seed), batchSize: batchSize)
    if let plot { try AtomicReplacement.checkFile(plot) }
    guard let estimate = try measure(model, subject, evaluator, context) else { return nil }
    if let plot { try LossCurvePlot(estimate).write(to: plot) }
    let report = EvaluationReport(estimate, manifest)
    if json {
      try context.print(JSONLine(report.fields).text)
    } else if !isPartOfSuite {
      for line in report.lines { try context.print(line) }
    }
    if let until, !estimate.estimator.isDeterministic,
      estimate.monteCarloError ?? .infinity > until
    {
      context.note(
        "the Monte-Carlo error is above \(until) after \(samples) draws; --samples allows more")
    }
    return report
  }

  private func listProtocols(in context: CommandContext) throws {
    if json {
      for published in DataProtocol.all { try context.print(JSONLine(published.fields).text) }
      return
    }
    for published in DataProtocol.all {
      for line in published.description(below: corpora) { try context.print(line) }
      try context.print("")
    }
    try context.print("\(Self.suiteName)")
    try context.print("  " + DataProtocol.zeroShot.map(\.name).joined(separator: ", "))
  }

  /// Evaluates with a line of progress.
  private func measure(
    _ model: MaskedDiffusionModel, _ subject: EvaluationSubject, _ evaluator: PerplexityEvaluator,
    _ context: CommandContext
  ) throws -> LikelihoodEstimate? {
    var line = ProgressLine(terminal: context.terminal)
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    var pace = Pace()
    let name = subject.published.map { "\($0.name)  " } ?? ""
    let estimate = try evaluator.evaluate(model.network, on: subject.rows) { progress in
      let elapsed = clock.now - start
      pace.record(step: progress.rowsDone, at: elapsed)
      let update = line.update(
        at: elapsed, name + text(progress, rowCount: subject.rows.count, pace))
      if !update.isEmpty { try? context.messages.write(update) }
      return context.interruption.isRequested ? .stop : .proceed
    }
    let end = line.end()
    if !end.isEmpty { try? context.messages.write(end) }
    try context.interruption.check()
    return estimate
  }

  /// One line, such as `120/240 rows  1.7755 nats/token ± 0.0031`: what noise leaves open.
  private func text(
    _ progress: PerplexityEvaluator.Progress, rowCount: Int, _ pace: Pace
  ) -> String {
    func number(_ value: Double) -> String { NumberFormat.fixed(value, digits: 4) }
    var text = "\(progress.rowsDone)/\(progress.rowsTotal) rows"
    if until != nil {
      let draw = min(progress.rowsDone / max(rowCount, 1) + 1, samples)
      text = "draw \(draw), \(progress.rowsDone) rows"
    }
    if progress.rowsDone > 0 { text += "  \(number(progress.nll)) nats/token" }
    if let error = progress.monteCarloError { text += " ± \(number(error))" }
    if let until {
      text += ", wanted ± \(until)"
    } else if let rest = pace.remaining(until: progress.rowsTotal) {
      text += "  \(NumberFormat.duration(rest)) left"
    }
    return text
  }
}
