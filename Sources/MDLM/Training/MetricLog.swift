/// The files `metrics.jsonl` and `samples.jsonl` of a run: one JSON object a line, in the order of the
/// steps.
///
/// Fields `seconds`, `tokens_per_s` and `rss_mb` depend on the machine; all others are the same for
/// equal runs, however often they were stopped and resumed.
final class MetricLog {
  private let metrics: LineLog
  private let samples: LineLog
  /// Steps between lines about training.
  private let interval: Int
  private let seed: UInt64
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// When the step under way began.
  private var stepStart: ContinuousClock.Instant
  /// Time in steps and tokens read since the last line; validations and checkpoints do not count.
  private var busy = Duration.zero
  private var tokens = 0

  /// Opens the logs of the run in `directory`.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - interval: Steps between lines about training.
  ///   - seed: The seed of samples.
  init(_ directory: RunDirectory, interval: Int, seed: UInt64) {
    metrics = LineLog(path: directory.metricsPath)
    samples = LineLog(path: directory.samplesPath)
    self.interval = interval
    self.seed = seed
    start = clock.now
    stepStart = start
  }

  /// Drops lines about steps after `step`, which a resumed run takes again, and a torn last line.
  ///
  /// - Throws: ``InputError`` where the files cannot be read or written.
  func truncate(afterStep step: Int) throws(InputError) {
    for log in [metrics, samples] {
      try log.keep { line in line["step"]?.integer(Int.self).map { $0 <= step } ?? false }
    }
  }

  /// Waits until all lines are on the disk.
  ///
  /// - Throws: ``InputError`` where they cannot be written; they are kept for another try.
  func synchronize() throws(InputError) {
    try metrics.synchronize()
    try samples.synchronize()
  }

  /// Takes note that a step begins now.
  func beginStep() { stepStart = clock.now }

  /// Writes about a step, where a line is due.
  ///
  /// - Parameters:
  ///   - report: The step.
  ///   - statistics: What has gathered since the last line; a written one begins a new one.
  /// - Returns: What was written, if a line was due.
  func record(
    _ report: TrainingStepReport, _ statistics: inout TrainingStatistics
  ) -> TrainingMetrics? {
    let now = clock.now
    tokens += report.tokens
    busy += now - stepStart
    guard report.step % interval == 0 else { return nil }
    let line = TrainingMetrics(
      step: report.step, loss: report.loss, meanLoss: statistics.meanLoss,
      learningRate: report.learningRate, gradientNorm: report.gradientNorm,
      tokens: report.step * report.tokens, lossByMaskedShare: statistics.maskedShares.means,
      tokensPerSecond: Double(tokens) / max(busy / .seconds(1), 1e-6),
      residentMemory: ProcessMemory.resident)
    metrics.append(
      ([
        "kind": "train", "step": .number(line.step), "loss": .number(line.loss),
        "loss_mean": line.meanLoss.map { .number($0) } ?? .null,
        "lr": .number(line.learningRate), "grad_norm": .number(line.gradientNorm),
        "tokens": .number(line.tokens),
        "loss_by_masked_share": Self.list(line.lossByMaskedShare),
        "seconds": elapsed(now), "tokens_per_s": .number(Int(line.tokensPerSecond)),
        "rss_mb": .number(line.residentMemory / 1_000_000),
      ] as JSONValue).line())
    statistics.beginLine()
    (busy, tokens) = (.zero, 0)
    return line
  }

  func record(_ spike: LossSpike) {
    metrics.append(
      ([
        "kind": "spike", "step": .number(spike.step), "loss": .number(spike.loss),
        "expected": .number(spike.expected), "deviation": .number(spike.deviation),
      ] as JSONValue).line())
  }

  /// Writes about a step that was skipped.
  ///
  /// - Parameters:
  ///   - report: The step.
  ///   - batch: The file with its rows, relative to the run, if it was written.
  func recordSkip(_ report: TrainingStepReport, batch: String?) {
    metrics.append(
      ([
        "kind": "skipped", "step": .number(report.step), "loss": .number(report.loss),
        "grad_norm": .number(report.gradientNorm), "batch": batch.map { .string($0) } ?? .null,
      ] as JSONValue).line())
  }

  func record(_ estimate: LikelihoodEstimate, step: Int, isBest: Bool) {
    metrics.append(
      ([
        "kind": "validation", "step": .number(step), "nll": .number(estimate.nll),
        "stderr": .number(estimate.standardError), "ppl": .number(estimate.perplexity),
        "bpd": .number(estimate.bitsPerToken), "best": .boolean(isBest),
        "loss_by_masked_share": Self.list(estimate.lossCurve.tenths), "seconds": elapsed(clock.now),
      ] as JSONValue).line())
  }

  func record(_ drawn: [LoggedSample], step: Int) {
    for logged in drawn {
      var fields = [
        JSONMember(key: "step", value: .number(step)),
        JSONMember(key: "sample", value: .number(logged.sample.index)),
        JSONMember(key: "seed", value: .number(seed)),
      ]
      if let text = logged.text { fields.append(JSONMember(key: "text", value: .string(text))) }
      fields.append(
        JSONMember(key: "tokens", value: .array(logged.sample.tokens.map { .number($0) })))
      fields.append(JSONMember(key: "nfe", value: .number(logged.sample.networkCalls)))
      samples.append(JSONValue.object(fields).line())
    }
  }

  private func elapsed(_ now: ContinuousClock.Instant) -> JSONValue {
    .number(Self.rounded((now - start) / .seconds(1), to: 1e3))
  }

  /// The number in steps of `1 / unit`, which its text is short for.
  private static func rounded(_ value: Double, to unit: Double) -> Double {
    (value * unit).rounded() / unit
  }

  private static func list(_ means: [Double?]) -> JSONValue {
    .array(means.map { $0.map { .number(rounded($0, to: 1e5)) } ?? .null })
  }
}

extension LossCurve {
  /// The mean cross-entropy of masked tokens by the tenth of their row that is masked, in nats; nil
  /// where nothing was scored.
  public var tenths: [Double?] {
    var sums = MaskedShareSums()
    for bin in bins {
      // The middle of a bin tells which tenth it lies in.
      let middle = Int((bin.lower + bin.upper) / 2 * 1000)
      sums.add(bin.crossEntropy * Double(bin.tokens), tokens: bin.tokens, masked: middle, of: 1000)
    }
    return sums.means
  }
}
