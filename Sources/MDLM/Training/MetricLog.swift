/// The file `metrics.jsonl` of a run: one JSON object a line, in the order of the steps.
///
/// Fields `seconds` and `tokens_per_s` depend on the machine; all others are the same for equal runs,
/// however often they were stopped and resumed.
final class MetricLog {
  let path: String
  /// Steps between lines about training.
  private let interval: Int
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var tokens = 0

  init(path: String, interval: Int) throws(InputError) {
    self.path = path
    self.interval = interval
    start = clock.now
  }

  /// Appends what the event says, where it is due.
  func record(_ event: TrainingEvent) throws(InputError) {
    switch event {
    case .step(let report):
      tokens += report.tokens
      guard report.step % interval == 0 else { return }
      let seconds = (clock.now - start) / .seconds(1)
      try append([
        "kind": "train", "step": .number(report.step),
        "loss": .number(report.loss), "lr": .number(report.learningRate),
        "grad_norm": .number(report.gradientNorm), "seconds": .number(seconds),
        "tokens_per_s": .number((Double(tokens) / seconds).rounded()),
      ])
    case .validated(let step, let estimate, let isBest):
      try append([
        "kind": "validation", "step": .number(step),
        "nll": .number(estimate.nll), "stderr": .number(estimate.standardError),
        "ppl": .number(estimate.perplexity), "bpd": .number(estimate.bitsPerToken),
        "best": .boolean(isBest), "seconds": .number((clock.now - start) / .seconds(1)),
      ])
    case .validating, .checkpointWritten: return
    }
  }

  /// Drops lines about steps after `step`, which a resumed run takes again, and a torn last line.
  func truncate(afterStep step: Int) throws(InputError) {
    guard FileSystem.exists(path) else { return }
    let text = String(decoding: try InputFile.contents(of: path), as: UTF8.self)
    let kept = text.split(separator: "\n", omittingEmptySubsequences: true).filter { line in
      let fields = try? JSONValue(parsing: Array(line.utf8)[...], name: path)
      guard let own = fields?["step"]?.integer(Int.self) else { return false }
      return own <= step
    }
    try AtomicReplacement.writeFile(path, text: kept.map { $0 + "\n" }.joined())
  }

  private func append(_ fields: JSONValue) throws(InputError) {
    try OutputFile(appendingTo: path).write(fields.line() + "\n")
  }
}
