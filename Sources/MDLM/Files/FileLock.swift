#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An advisory lock on a file or directory that ends with the process that holds it.
///
/// It tells a temporary that is being written from one that a killed process left, and keeps a second
/// process out of a run.
struct FileLock {
  private let descriptor: Int32

  /// Locks what is at `path`, or returns nil where that is impossible.
  init?(path: String) {
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  /// Locks the file at `path`, which is created where there is none.
  ///
  /// Someone who only asks (``isHeld(_:)``) has it for a moment; that is waited for.
  ///
  /// - Returns: The lock, or nil where another process has it.
  /// - Throws: ``InputError`` where the file cannot be opened or locked at all.
  static func take(creating path: String) throws(InputError) -> FileLock? {
    // Network file systems lock only what is open for writing.
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.last.whileWriting(path) }
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor) }
      guard errno == EWOULDBLOCK else { break }
      usleep(20_000)
    }
    let failure = SystemError.last
    close(descriptor)
    guard failure.code == EWOULDBLOCK else {
      throw InputError(
        .cannotWrite, path, found: "a file system that refuses to lock files (\(failure.text))",
        expected: "one with locks, which keep a second process out",
        remedy: "Choose a folder on another disk, or mount this one with flock")
    }
    return nil
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  func release() { close(descriptor) }

  /// Whether no living process holds what is at `path`; links, which nobody can lock, are free.
  static func isFree(_ path: String) -> Bool {
    if let lock = FileLock(path: path) {
      lock.release()
      return true
    }
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether a living process holds the file at `path`.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A shared lock is enough to ask, and does not keep other askers from the answer.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
