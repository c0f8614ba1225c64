#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An advisory lock on a file or directory that ends with the process that holds it.
///
/// It tells a temporary that is being written from one that a killed process left.
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
}
