/// The checkpoints of one run: `RUN/checkpoints/00000500` and the links `latest` and `best`.
///
/// Every directory with a step for a name is complete, and so is what the links point to, whenever
/// the process is killed.
public struct CheckpointStore: Sendable {
  /// The directory that the checkpoints lie in.
  public let path: String

  /// The checkpoints of the run in the directory `run`, which need not be there yet.
  public init(run: String) { path = "\(run)/checkpoints" }

  /// The newest checkpoint: what `latest` points to, or the last step where that is missing.
  public var latest: String? {
    linkTarget("latest") ?? steps.last.map { directory(for: $0) }
  }

  /// The checkpoint with the best validation loss, where there has been one.
  public var best: String? { linkTarget("best") }

  /// The steps with a checkpoint, in ascending order.
  public var steps: [Int] {
    FileSystem.names(in: path).compactMap(Self.step(named:)).sorted()
  }

  /// The directory of the checkpoint of `step`.
  public func directory(for step: Int) -> String { "\(path)/\(Self.name(of: step))" }

  /// The checkpoints in the order in which to try them: the latest, then older ones from the newest
  /// on, then any that are newer than the latest.
  var candidates: [String] {
    guard let latest else { return [] }
    let others = steps.reversed().map(directory(for:)).filter { $0 != latest }
    return [latest] + others.filter { $0 < latest } + others.filter { $0 >= latest }
  }

  /// The checkpoint that `latest` points to and that is not there, if so.
  var lostLatest: String? {
    guard let target = FileSystem.linkTarget("\(path)/latest"), let step = Self.step(named: target)
    else { return nil }
    let directory = directory(for: step)
    return FileSystem.isDirectory(directory) ? nil : directory
  }

  /// Writes `checkpoint` under the name of its step, points `latest` to it, and removes old ones.
  ///
  /// - Parameters:
  ///   - checkpoint: What to write.
  ///   - isBest: Whether `best` shall point to it from now on.
  ///   - keepLast: How many of the newest checkpoints to keep; those that `latest` and `best` point
  ///     to stay in any case.
  ///   - keepEvery: Checkpoints of steps that this divides stay too; nil for none.
  /// - Returns: The directory of the checkpoint.
  /// - Throws: ``InputError`` with the reason of the operating system.
  @discardableResult
  public func write(
    _ checkpoint: Checkpoint, isBest: Bool, keepLast: Int, keepEvery: Int? = nil
  ) throws(InputError) -> String {
    require(keepLast > 0, "[CheckpointStore] cannot keep the last \(keepLast) checkpoints")
    try FileSystem.makeDirectories(path)
    AtomicReplacement.removeStale(in: path)
    let name = Self.name(of: checkpoint.progress.step)
    try checkpoint.write(to: "\(path)/\(name)")
    try finish(
      checkpoint.progress.step, best: isBest ? checkpoint.progress.step : nil, keepLast: keepLast,
      keepEvery: keepEvery)
    return "\(path)/\(name)"
  }

  /// Points the links to the right checkpoints and removes old ones: what follows when a checkpoint is
  /// written, and what a process that was killed in between has left to do.
  ///
  /// - Parameters:
  ///   - step: The step of the checkpoint that is the latest.
  ///   - best: The step of the best one; nil leaves that link as it is.
  ///   - keepLast: As for writing.
  ///   - keepEvery: As for writing.
  /// - Throws: ``InputError`` with the reason of the operating system.
  func finish(_ step: Int, best: Int?, keepLast: Int, keepEvery: Int?) throws(InputError) {
    AtomicReplacement.removeStale(in: path)
    // A run that is killed before `latest` moves repeats these steps and finds `best` in place.
    if let best { try point("best", to: best) }
    try point("latest", to: step)
    let linked = [latest, self.best]
    for step in steps.dropLast(keepLast) where keepEvery.map({ step % $0 != 0 }) ?? true {
      let directory = directory(for: step)
      if !linked.contains(directory) { try AtomicReplacement.removeDirectory(directory) }
    }
  }

  private func point(_ name: String, to step: Int) throws(InputError) {
    let link = "\(path)/\(name)"
    let target = Self.name(of: step)
    guard FileSystem.isDirectory(directory(for: step)), FileSystem.linkTarget(link) != target else {
      return
    }
    try AtomicReplacement.writeLink(link, to: target)
  }

  /// The directory that the link called `name` points to, if it is there.
  ///
  /// A link to anything but a checkpoint beside it was not written by a run, and is not followed.
  private func linkTarget(_ name: String) -> String? {
    let link = "\(path)/\(name)"
    guard FileSystem.isDirectory(link) else { return nil }
    guard let target = FileSystem.linkTarget(link) else { return link }
    return Self.step(named: target) == nil ? nil : "\(path)/\(target)"
  }

  static func name(of step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private static func step(named name: String) -> Int? {
    guard let step = Int(name), step >= 0, Self.name(of: step) == name else { return nil }
    return step
  }
}
