/// The directory of a training run and the files in it, none of which need be there yet.
public struct RunDirectory: Sendable, Equatable {
  public let path: String

  /// The run at `path`, which need not be one.
  public init(_ path: String) {
    let bare = path.reversed().drop { $0 == "/" }
    self.path = bare.isEmpty ? path : String(bare.reversed())
  }

  /// The resolved configuration.
  public var configurationPath: String { "\(path)/config.json5" }
  /// Losses and rates, step by step.
  public var metricsPath: String { "\(path)/metrics.jsonl" }
  /// The samples that were drawn on the way.
  public var samplesPath: String { "\(path)/samples.jsonl" }
  /// When processes began and ended to train.
  public var sessionsPath: String { "\(path)/sessions.jsonl" }

  /// Whether `path` is a directory.
  public var exists: Bool { FileSystem.isDirectory(path) }

  /// Whether a run has begun here: a directory with a configuration or with metrics.
  public var isRun: Bool {
    exists && [configurationPath, metricsPath].contains { FileSystem.size(of: $0) != nil }
  }

  /// What the process that trains the run has locked.
  var lockPath: String { "\(path)/lock" }

  /// Whether a process trains the run.
  public var isLocked: Bool { FileLock.isHeld(lockPath) }

  /// When a file of the run was last written, in seconds since 1970, or nil where there is none.
  public var lastWritten: Double? {
    let files = [configurationPath, metricsPath, samplesPath, sessionsPath]
    let times = (files + ["\(path)/checkpoints"]).compactMap(FileSystem.modificationTime)
    return times.max().map { Double($0) / 1e9 }
  }

  /// The runs at and below `path`, sorted by their paths.
  ///
  /// A run is not searched for others, and neither are links, hidden folders and those further than
  /// `depth` below.
  public static func all(in path: String, depth: Int = 4) -> [RunDirectory] {
    let directory = RunDirectory(path)
    if directory.isRun { return [directory] }
    guard depth > 0 else { return [] }
    let names = FileSystem.names(in: path).filter { !$0.hasPrefix(".") }
    return names.sorted().flatMap { name -> [RunDirectory] in
      let child = "\(directory.path)/\(name)"
      let isFolder = FileSystem.isDirectory(child) && FileSystem.linkTarget(child) == nil
      return isFolder ? all(in: child, depth: depth - 1) : []
    }
  }
}
