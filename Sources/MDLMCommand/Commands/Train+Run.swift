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
    var run = try TrainingRun(
      settings, directory: output, start: start, on: Device(threads: threads))
    for note in run.dataset.notes { context.note(note) }
    var progress = TrainingProgressView(run, in: context)
    progress.begin()
    let isFinished = try run.proceed(until: stopStep) { event in
      progress.show(event)
      return context.interruption.isRequested ? .stop : .proceed
    }
    progress.end()
    try summarize(run, isFinished: isFinished, in: context)
  }

  private var start: TrainingRun.Start {
    if resumes { return .latestCheckpoint }
    return initialWeights.map { .weights($0) } ?? .fresh
  }

  private func summarize(
    _ run: TrainingRun, isFinished: Bool, in context: CommandContext
  ) throws {
    if json {
      try context.print(
        JSONLine([
          "run": .string(output), "step": .integer(run.state.step), "finished": .bool(isFinished),
          "best_nll": run.best.map { .number($0) } ?? .null,
        ]).text)
    }
    if isFinished {
      context.say("next: mdlm eval-ppl --checkpoint \(output)")
      context.say("      mdlm sample --checkpoint \(output)")
    } else {
      let overrides = overrides.map { " --set '\($0)'" }.joined()
      context.say(
        "go on with: mdlm train --config \(configuration)\(overrides) --output \(output) --resume")
    }
    try context.interruption.check()
  }
}
