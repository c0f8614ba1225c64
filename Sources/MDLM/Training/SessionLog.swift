/// The file `sessions.jsonl` of a run: which processes trained it, when, where and how they ended.
///
/// A process writes a line when it begins and one when it ends in good order; one that is killed leaves
/// only the first.
struct SessionLog {
  private let log: LineLog
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(path: String) throws(InputError) {
    log = LineLog(path: path)
    start = clock.now
    try log.keep { _ in true }
  }

  /// Writes that this process begins.
  ///
  /// - Parameters:
  ///   - step: Steps done before.
  ///   - parameters: The size of the network.
  ///   - device: Where it computes.
  ///   - program: The program's version and its command line.
  ///   - changes: Settings that differ from those the run had so far.
  func begin(
    step: Int, parameters: Int, on device: Device, program: TrainingProgram?,
    changes: [ConfigurationChange]
  ) {
    var fields: [JSONMember] = []
    func add(_ key: String, _ value: JSONValue) {
      fields.append(JSONMember(key: key, value: value))
    }
    add("kind", "begin")
    add("time", .string(HostDescription.time()))
    add("step", .number(step))
    if let program {
      add("version", .string(program.version))
      add("command", .string(program.command))
    }
    add("host", .string(HostDescription.name))
    add("pid", .number(HostDescription.process))
    add("system", .string(HostDescription.system))
    add("processor", .string(HostDescription.processor))
    add("threads", .number(device.threadCount))
    add("blas", .string(blasDescription()))
    add("parameters", .number(parameters))
    add("changes", .array(changes.map { .string($0.summary) }))
    log.append(JSONValue.object(fields).line())
  }

  /// Writes that this process ends.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - reason: Why.
  func end(step: Int, reason: String) {
    let fields: JSONValue = [
      "kind": "end", "time": .string(HostDescription.time()), "step": .number(step),
      "reason": .string(reason), "seconds": .number((clock.now - start) / .seconds(1)),
    ]
    log.append(fields.line())
  }
}

/// The program that trains a run, for the run's records.
public struct TrainingProgram: Sendable, Equatable {
  public let version: String
  /// The command line that began or resumed the run.
  public let command: String

  public init(version: String, command: String) {
    self.version = version
    self.command = command
  }
}
