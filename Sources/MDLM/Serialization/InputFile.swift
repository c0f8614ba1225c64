#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file open for reading at any offset.
///
/// It is read and not mapped: a file that another program cuts short is then an error and not a
/// fatal signal.
final class InputFile: Sendable {
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let descriptor: Int32

  init(path: String) throws(InputError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError.last.whileReading(path) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw InputError(
        .missingInput, path, found: kind == S_IFDIR ? "a directory" : "a pipe or device",
        expected: "a file", remedy: "Give the path of a regular file")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last.whileReading(path) }
    self.path = path
    self.size = Int(status.st_size)
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

  /// The `count` bytes that start at `offset`.
  func read(_ count: Int, at offset: Int) throws(InputError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(InputError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    return bytes
  }

  /// All bytes of the file at `path`, which holds at most `limit` of them.
  static func contents(of path: String, limit: Int) throws(InputError) -> [UInt8] {
    let file = try InputFile(path: path)
    guard file.size <= limit else {
      throw InputError(
        .badData, path, found: "\(file.size) bytes", expected: "at most \(limit)",
        remedy: "Check that this is the file you mean")
    }
    return try file.read(file.size, at: 0)
  }
}
