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

  /// Writes `checkpoint` under the name of its step, points `latest` to it, and removes old ones.
  ///
  /// - Parameters:
  ///   - checkpoint: What to write.
  ///   - isBest: Whether `best` shall point to it from now on.
  ///   - keepLast: How many of the newest checkpoints to keep; those that `latest` and `best` point
  ///     to stay in any case.
  /// - Returns: The directory of the checkpoint.
  /// - Throws: ``InputError`` with the reason of the operating system.
  @discardableResult
  public func write(
    _ checkpoint: Checkpoint, isBest: Bool, keepLast: Int
  ) throws(InputError) -> String {
    require(keepLast > 0, "[CheckpointStore] cannot keep the last \(keepLast) checkpoints")
    try FileSystem.makeDirectories(path)
    AtomicReplacement.removeStale(in: path)
    let name = Self.name(of: checkpoint.progress.step)
    try checkpoint.write(to: "\(path)/\(name)")
    // A run that is killed before `latest` moves repeats these steps and finds `best` in place.
    if isBest { try AtomicReplacement.writeLink("\(path)/best", to: name) }
    try AtomicReplacement.writeLink("\(path)/latest", to: name)
    try removeOld(keepLast: keepLast)
    return "\(path)/\(name)"
  }

  private func removeOld(keepLast: Int) throws(InputError) {
    let linked = [latest, best]
    for step in steps.dropLast(keepLast) {
      let directory = directory(for: step)
      if !linked.contains(directory) { try AtomicReplacement.removeDirectory(directory) }
    }
  }

  /// The directory that the link called `name` points to, if it is there.
  private func linkTarget(_ name: String) -> String? {
    let link = "\(path)/\(name)"
    guard FileSystem.isDirectory(link) else { return nil }
    return FileSystem.linkTarget(link).map { $0.hasPrefix("/") ? $0 : "\(path)/\($0)" } ?? link
  }

  private static func name(of step: Int) -> String {
    let digits = String(step)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private static func step(named name: String) -> Int? {
    guard let step = Int(name), step >= 0, Self.name(of: step) == name else { return nil }
    return step
  }
}
