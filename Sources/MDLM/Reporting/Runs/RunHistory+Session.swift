extension RunHistory {
  /// One process that trained the run.
  public struct Session: Sendable {
    /// When it began, as the file says it.
    public var time: String?
    /// The step of the run when it began.
    public var step = 0
    /// The version of mdlm.
    public var version: String?
    /// The command line.
    public var command: String?
    public var host: String?
    public var system: String?
    public var processor: String?
    public var threads: Int?
    public var blas: String?
    public var parameters: Int?
    /// Settings that this process changed.
    public var changes: [String] = []
    /// How it ended; nil while it runs, or where it was killed.
    public var end: End?
  }

  /// How a process that trained the run ended.
  public struct End: Sendable {
    public let time: String?
    public let step: Int
    /// `finished`, `stopped`, `max_time`, `diverged` or `failed`.
    public let reason: String
    /// Since the process began.
    public let seconds: Double?
  }

  /// Adds a line of `sessions.jsonl`; lines of unknown kinds are passed over.
  mutating func addSession(_ line: RunLine) throws(InputError) {
    switch try line.string("kind") {
    case "begin":
      sessions.append(
        Session(
          time: try line.string("time"), step: try line.requiredCount("step"),
          version: try line.string("version"), command: try line.string("command"),
          host: try line.string("host"), system: try line.string("system"),
          processor: try line.string("processor"), threads: try line.count("threads"),
          blas: try line.string("blas"), parameters: try line.count("parameters"),
          changes: try line.strings("changes")))
    case "end":
      let end = End(
        time: try line.string("time"), step: try line.requiredCount("step"),
        reason: try line.string("reason") ?? "stopped", seconds: try line.number("seconds"))
      // An end without a beginning tells of a file that lost its first lines.
      if sessions.isEmpty { sessions.append(Session()) }
      sessions[sessions.count - 1].end = end
    default: break
    }
  }

  /// The step that a session came to, as far as the files tell.
  public func lastStep(ofSession index: Int) -> Int {
    let session = sessions[index]
    if let end = session.end { return end.step }
    // What a killed process did after its last checkpoint is dropped when the next one begins.
    return index + 1 < sessions.count ? sessions[index + 1].step : max(session.step, step)
  }

  /// The seconds that each process took, in their order.
  ///
  /// A process that was killed counts up to its last line of metrics. Without a file of sessions the
  /// processes are told apart by `seconds`, which falls back where one begins.
  public var durations: [Double] {
    guard sessions.isEmpty else {
      return sessions.indices.map { index in
        if let seconds = sessions[index].end?.seconds { return seconds }
        let start = sessions[index].step
        guard let last = lastPoint(upTo: lastStep(ofSession: index)), last.step > start else {
          return 0
        }
        return last.seconds ?? 0
      }
    }
    return training.reduce(into: []) { durations, point in
      guard let seconds = point.seconds else { return }
      if let last = durations.last, last <= seconds { durations.removeLast() }
      durations.append(seconds)
    }
  }

  /// The last line about training up to a step.
  private func lastPoint(upTo step: Int) -> TrainingPoint? {
    var (low, high) = (0, training.count)
    while low < high {
      let middle = (low + high) / 2
      if training[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : training[low - 1]
  }

  /// The steps after which a process went on with the run.
  public var resumptions: [Int] {
    guard sessions.isEmpty else { return sessions.map(\.step).filter { $0 > 0 } }
    return zip(training, training.dropFirst()).compactMap { before, after in
      guard let earlier = before.seconds, let later = after.seconds else { return nil }
      return later < earlier ? before.step : nil
    }
  }
}

/// Tells the time that a run has taken, over all processes.
struct RunClock {
  /// The steps at which processes began, and the seconds that those before them took.
  private let starts: [(step: Int, seconds: Double)]

  init(_ history: RunHistory) {
    let steps = history.sessions.isEmpty ? [0] + history.resumptions : history.sessions.map(\.step)
    var sum = 0.0
    starts = zip(steps, history.durations).map { step, seconds in
      defer { sum += seconds }
      return (step, sum)
    }
  }

  /// The seconds of training up to a validation.
  func seconds(of validation: RunHistory.Validation) -> Double? {
    guard let seconds = validation.seconds else { return nil }
    return seconds + (starts.last { $0.step < validation.step }?.seconds ?? 0)
  }
}
