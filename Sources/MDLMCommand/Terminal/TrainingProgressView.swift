import MDLM

/// The events of a training run as lines on standard error.
struct TrainingProgressView {
  private let context: CommandContext
  private let lastStep: Int
  private let firstStep: Int
  private let description: String
  private var line: ProgressLine
  private var loss = SmoothedLoss()
  private var pace = Pace()
  private var tokensPerStep = 0
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(_ run: TrainingRun, in context: CommandContext) {
    self.context = context
    lastStep = run.configuration.trainer.maxSteps
    firstStep = run.state.step
    let network = run.state.network
    description =
      "\(NumberFormat.count(Double(network.parameters.parameterCount))) parameters, "
      + "\(run.dataset.rows[.train]?.count ?? 0) training rows of \(network.length) tokens, "
      + "\(network.parameters.device.threadCount) threads, \(blasDescription())"
    line = ProgressLine(terminal: context.terminal)
    start = clock.now
  }

  func begin() {
    context.say(description)
    if firstStep >= lastStep {
      context.say("all \(lastStep) steps are done; raise trainer.max_steps to train on")
    } else if firstStep > 0 {
      context.say("resuming after step \(firstStep)")
    }
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .step(let report):
      loss.add(report.loss)
      tokensPerStep = report.tokens
      pace.record(step: report.step, at: elapsed)
      let text = status(report.step)
      write(line.update(at: elapsed, text))
    case .validating(let progress):
      write(
        line.update(at: elapsed, "validating  \(progress.rowsDone)/\(progress.rowsTotal) rows"))
    case .validated(let step, let estimate, let isBest):
      write(line.interjection(summary(step, estimate, isBest: isBest)))
    case .checkpointWritten: break
    }
  }

  mutating func end() { write(line.end()) }

  private var elapsed: Duration { clock.now - start }

  private func status(_ step: Int) -> String {
    TrainingStatus(
      step: step, lastStep: lastStep, loss: loss.value,
      tokensPerSecond: pace.stepsPerSecond.map { $0 * Double(tokensPerStep) },
      remaining: pace.remaining(until: lastStep)
    ).text
  }

  private func summary(_ step: Int, _ estimate: LikelihoodEstimate, isBest: Bool) -> String {
    var parts = [
      "step \(step)", "validation \(NumberFormat.fixed(estimate.nll, digits: 4)) nats/token",
    ]
    parts.append("perplexity \(NumberFormat.fixed(estimate.perplexity, digits: 2))")
    if let bits = estimate.bitsPerCharacter {
      parts.append("\(NumberFormat.fixed(bits, digits: 3)) bits/character")
    }
    if let mean = loss.value { parts.append("loss \(NumberFormat.fixed(mean, digits: 3))") }
    if let pace = pace.stepsPerSecond {
      parts.append(NumberFormat.tokensPerSecond(pace * Double(tokensPerStep)))
    }
    if isBest { parts.append("best") }
    return parts.joined(separator: "  ")
  }

  private func write(_ text: String) {
    if !text.isEmpty { try? context.messages.write(text) }
  }
}
