import MDLM

extension Train {
  func run(in context: CommandContext) throws {
    let settings = try RunConfiguration.load(path: configuration, overrides: overrides)
    if isDryRun { return try DryRun(settings, threads: threads).report(json: json, in: context) }
    if let stopStep, stopStep > settings.trainer.maxSteps {
      throw InputError(
        .usage, "--stop-at", found: "\(stopStep)",
        expected: "at most trainer.max_steps, which is \(settings.trainer.maxSteps)",
        remedy: "Lower it, or raise trainer.max_steps")
    }
    context.interruption.surviveHangup()
    var run = try context.interruption.endingAtOnce {
      try TrainingRun(
        settings, directory: output, start: initialWeights.map { .weights($0) } ?? .fresh,
        resumes: resumes, acceptsChanges: acceptsChanges,
        program: TrainingProgram(version: MDLMCommand.version, command: command()),
        on: Device(threads: threads))
    }
    for note in run.notes + run.dataset.notes { context.note(note) }
    var board = writesTensorBoard ? try TrainTensorBoard(run, in: context) : nil
    var progress = TrainingProgressView(run, in: context)
    progress.begin()
    // The line on the terminal ends before anything else is said, errors too.
    defer { progress.end() }
    let ending = try run.proceed(until: stopStep) { event in
      progress.show(event)
      board?.record(event)
      return context.interruption.isRequested ? .stop : .proceed
    }
    progress.end()
    try summarize(run, ending, in: context)
  }

  /// The command line that begins the run, or resumes it.
  private func command(resuming: Bool = false) -> String {
    var words = ["mdlm", "train", "--config", configuration]
    for override in overrides { words += ["--set", override] }
    if let initialWeights, !resuming { words += ["--init", initialWeights] }
    words += ["--output", output]
    if let threads { words += ["--threads", "\(threads)"] }
    if writesTensorBoard { words.append("--tensorboard") }
    if resumes || resuming { words.append("--resume") }
    if acceptsChanges, !resuming { words.append("--accept-changes") }
    return words.map(\.shellWord).joined(separator: " ")
  }

  private func summarize(
    _ run: TrainingRun, _ ending: TrainingEnding, in context: CommandContext
  ) throws {
    if json {
      try context.print(
        JSONLine([
          "run": .string(output), "step": .integer(run.state.step),
          "finished": .bool(ending == .finished), "reason": .string(ending.rawValue),
          "skipped_steps": .integer(run.state.skippedSteps),
          "best_nll": run.best.map { .number($0) } ?? .null,
        ]).text)
    }
    let skipped = run.state.skippedSteps
    if skipped > 0 { context.note("\(skipped) steps were skipped for want of finite numbers") }
    if ending == .finished {
      context.say("next: mdlm eval-ppl --checkpoint \(output.shellWord)")
      context.say("      mdlm sample --checkpoint \(output.shellWord)")
      context.say("      mdlm report \(output.shellWord)")
    } else {
      if ending == .outOfTime { context.say("trainer.max_time is nearly up: saved and stopped") }
      context.say("go on with: \(command(resuming: true))")
    }
    try context.interruption.check()
  }
}
