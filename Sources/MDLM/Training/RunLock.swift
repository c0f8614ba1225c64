/// Keeps a second process out of a run's directory, as long as it lives.
///
/// The operating system ends the lock with the process, however that ends, so no stale lock is ever in
/// the way. What the file `lock` says is for the message to the second process alone.
final class RunLock {
  private let lock: FileLock

  /// Takes the lock of the run in `directory`, which must be there.
  ///
  /// - Throws: ``InputError`` of category `cannotWrite` that says which process has it.
  init(_ directory: RunDirectory) throws(InputError) {
    let path = directory.lockPath
    guard let lock = try FileLock.take(creating: path) else {
      throw InputError(
        .cannotWrite, directory.path,
        found: "another process at work on this run\(Self.holder(path))",
        expected: "a run that no other process writes",
        remedy: "Wait for it or stop it, or name another directory with --output")
    }
    self.lock = lock
    let owner: JSONValue = [
      "host": .string(HostDescription.name), "pid": .number(HostDescription.process),
      "since": .string(HostDescription.time()),
    ]
    let file = try OutputFile(emptying: path)
    try file.write(owner.line() + "\n")
  }

  deinit { lock.release() }

  /// What the file says of the process that holds it.
  private static func holder(_ path: String) -> String {
    guard let bytes = try? InputFile.contents(of: path, limit: 4096),
      let owner = try? JSONValue(parsing: bytes[...], name: path),
      let process = owner["pid"]?.integer(Int.self), let host = owner["host"]?.string,
      let since = owner["since"]?.string
    else { return "" }
    return " (process \(process) on \(host), since \(since))"
  }
}
