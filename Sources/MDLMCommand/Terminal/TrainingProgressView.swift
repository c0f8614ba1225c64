import MDLM

/// The events of a training run as lines on standard error.
struct TrainingProgressView {
  private let context: CommandContext
  private let lastStep: Int
  private let firstStep: Int
  private let description: String
  private var line: ProgressLine
  private var loss = SmoothedLoss()
  private var course = Sparkline()
  private var pace = Pace()
  private var tokensPerStep = 0
  private let operationsPerStep: Double
  private let device: Device
  /// What matrix products alone reach, in operations a second; measured once the run is under way.
  private var multiplyRate: Double?
  private let directory: String
  /// Whether the last checkpoint could not be written.
  private var isWithoutCheckpoints = false
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(_ run: TrainingRun, in context: CommandContext) {
    self.context = context
    lastStep = run.configuration.trainer.maxSteps
    firstStep = run.state.step
    directory = run.directory.path
    let network = run.state.network
    device = network.parameters.device
    operationsPerStep =
      network.configuration.trainingOperations(run.configuration.parameterization)
      * Double(run.configuration.loader.globalBatchSize)
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
      if !report.isSkipped {
        loss.add(report.loss)
        course.add(loss.value ?? report.loss)
      }
      tokensPerStep = report.tokens
      pace.record(step: report.step, at: elapsed)
      if multiplyRate == nil, elapsed > Self.settlingTime {
        multiplyRate = measuredMultiplyRate(on: device)
      }
      let text = status(report)
      write(line.update(at: elapsed, text))
    case .logged: break
    case .spiked(let spike):
      let numbers = [spike.loss, spike.expected, spike.deviation].map {
        NumberFormat.fixed($0, digits: 2)
      }
      interject("step \(spike.step)  loss \(numbers[0]), usually \(numbers[1]) ± \(numbers[2])")
    case .skipped(let step, let inARow, let batch):
      let count = inARow > 1 ? ", the \(inARow)th in a row" : ""
      let rows = batch.map { "; its rows are in \(directory)/\($0)" } ?? ""
      interject("step \(step)  skipped\(count): loss or gradient is not finite\(rows)")
    case .sampling: write(line.update(at: elapsed, "drawing samples"))
    case .sampled(let step, let samples):
      guard let text = samples.first?.text else { return }
      let shown = text.replacing("\n", with: "⏎").showingControls
      interject(
        "step \(step)  sample  \(shown.shortened(to: max(20, context.terminal.width - 24)))")
    case .checkpointFailed(let step, let error):
      // A disk that stays full is told once.
      if !isWithoutCheckpoints {
        interject("\(context.terminal.styled("note:", .bold)) \(error.description)")
        interject("step \(step)  no checkpoint was written; the run goes on and tries again soon")
      }
      isWithoutCheckpoints = true
    case .validating(let progress):
      write(
        line.update(at: elapsed, "validating  \(progress.rowsDone)/\(progress.rowsTotal) rows"))
    case .validated(let step, let estimate, let isBest):
      interject(summary(step, estimate, isBest: isBest))
    case .checkpointWritten(let step, _):
      if isWithoutCheckpoints { interject("step \(step)  a checkpoint could be written again") }
      isWithoutCheckpoints = false
    }
  }

  mutating func end() { write(line.end()) }

  private var elapsed: Duration { clock.now - start }

  /// Before, caches and pools still fill.
  private static let settlingTime = Duration.seconds(5)

  private func status(_ report: TrainingStepReport) -> String {
    let pace = pace.stepsPerSecond
    return TrainingStatus(
      step: report.step, lastStep: lastStep, loss: loss.value, course: course.text,
      learningRate: report.learningRate, gradientNorm: report.gradientNorm,
      tokensPerSecond: pace.map { $0 * Double(tokensPerStep) },
      shareOfMultiply: pace.flatMap { pace in
        multiplyRate.map { pace * operationsPerStep / $0 }
      },
      remaining: self.pace.remaining(until: lastStep)
    ).text(columns: context.terminal.isLive ? context.terminal.width - 1 : .max)
  }

  private func interject(_ text: String) { write(line.interjection(text)) }

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
