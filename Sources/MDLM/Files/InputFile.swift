#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A regular file open for reading at any offset.
///
/// It is read and not mapped: a file that another program cuts short is then an error and not a
/// fatal signal.
final class InputFile: Sendable {
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let modified: Int
  private let descriptor: Int32

  init(path: String) throws(InputError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError.last.whileReading(path) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw Self.mistake(path, found: kind == S_IFDIR ? "a directory" : "a pipe or device")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last.whileReading(path) }
    self.path = path
    self.size = Int(status.st_size)
    modified = FileSystem.modificationTime(status)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills all of `buffer` with the bytes that start at `offset`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(InputError) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw InputError(
          .badData, path, found: "its end at byte \(offset + done)",
          expected: "the \(size) bytes it had when it was opened",
          remedy: "Do not change the file while it is read")
      } else if errno != EINTR {
        throw SystemError.last.whileReading(path)
      }
    }
  }

  /// Checks that nobody has written to the file since it was opened.
  ///
  /// To replace it by renaming another file is no harm: this one is then still read.
  ///
  /// - Throws: ``InputError`` of category `badData` with what has changed.
  func checkUnchanged() throws(InputError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError.last.whileReading(path) }
    let now = Int(status.st_size)
    guard now != size || FileSystem.modificationTime(status) != modified else { return }
    throw InputError(
      .badData, path,
      found: now == size ? "a file that was written to while it was read" : "\(now) bytes",
      expected: now == size ? "no change" : "the \(size) bytes it had when it was opened",
      remedy: "Bring the file back as it was, and go on; write new data to a new file")
  }

  /// The `count` bytes that start at `offset`.
  func read(_ count: Int, at offset: Int) throws(InputError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(InputError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    return bytes
  }
}

// MARK: - Whole files

/// `read(2)`, which the methods of this name would hide.
private let readBytes: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read

extension InputFile {
  /// All bytes of the file or pipe at `path`, which holds at most `limit` of them.
  static func contents(of path: String, limit: Int = 1 << 48) throws(InputError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last.whileReading(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError.last.whileReading(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw mistake(path, found: "a directory") }
    // One byte more than a file's size shows its end; pipes have no size and grow from the least.
    let size = min(max(Int(status.st_size), 65_535), limit)
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var count = 0
    while count <= limit {
      if count == bytes.count { bytes += repeatElement(0, count: count) }
      let received = bytes.withUnsafeMutableBytes { buffer in
        readBytes(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw SystemError.last.whileReading(path) }
      if received == 0 {
        bytes.removeLast(bytes.count - count)
        return bytes
      }
      count += received
    }
    throw InputError(
      .badData, path, found: "more than \(limit) bytes", expected: "at most that many",
      remedy: "Check that this is the file you mean")
  }

  private static func mistake(_ path: String, found: String) -> InputError {
    InputError(
      .missingInput, path, found: found, expected: "a file", remedy: "Name a regular file")
  }
}
