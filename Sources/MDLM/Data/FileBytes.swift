#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whole files in and out of memory.
enum FileBytes {
  /// Returns the content of the file at `path`.
  static func load(_ path: String) throws(InputError) -> [UInt8] {
    if isDirectory(path) {
      throw InputError(
        .missingInput, path, found: "a directory", expected: "a file",
        remedy: "Name a file in it")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    // One byte more than a file's size shows its end; pipes have no size and grow from the least.
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size), 65_535) + 1)
    var count = 0
    while true {
      if count == bytes.count { bytes.append(contentsOf: [UInt8](repeating: 0, count: count)) }
      let received = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw unreadable(path) }
      guard received > 0 else { break }
      count += received
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Writes `bytes` to `path`, which either keeps its old content or has all of the new.
  static func save(_ bytes: [UInt8], to path: String) throws(InputError) {
    let partial = "\(path).\(getpid()).partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    let failure = errno
    guard close(descriptor) == 0, isWritten, rename(partial, path) == 0 else {
      let cause = isWritten ? errno : failure
      unlink(partial)
      throw unwritable(path, cause: cause)
    }
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = write(
          descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
  }

  private static func unreadable(_ path: String) -> InputError {
    InputError(
      .missingInput, path, found: "'\(String(cString: strerror(errno)))'",
      expected: "a file that can be read", remedy: "Correct the path or the file's permissions")
  }

  private static func unwritable(_ path: String, cause: Int32 = errno) -> InputError {
    InputError(
      .cannotWrite, path, found: "'\(String(cString: strerror(cause)))'",
      expected: "a place that can be written",
      remedy: "Choose another path, make its directory, or free some space")
  }
}
