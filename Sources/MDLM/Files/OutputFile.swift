#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file being written from front to back.
final class OutputFile {
  let path: String
  private let descriptor: Int32

  /// Creates the file; there must be none yet.
  convenience init(creating path: String) throws(InputError) {
    try self.init(path: path, mode: O_EXCL)
  }

  /// Opens the file to add to its end; creates it where there is none.
  convenience init(appendingTo path: String) throws(InputError) {
    try self.init(path: path, mode: O_APPEND)
  }

  /// Opens the file to write it anew: what is there is gone at once; creates it where there is none.
  convenience init(emptying path: String) throws(InputError) {
    try self.init(path: path, mode: O_TRUNC)
  }

  /// Opens the file that is there, or creates it, to write at any place.
  convenience init(changing path: String) throws(InputError) {
    try self.init(path: path, mode: 0)
  }

  private init(path: String, mode: Int32) throws(InputError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
    guard descriptor >= 0 else { throw SystemError.last.whileWriting(path) }
    self.path = path
  }

  deinit { close(descriptor) }

  /// Writes `bytes`, in one call where the disk has room, so that a kill leaves them whole or not.
  func write(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = writeBytes(descriptor, base + done, bytes.count - done)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw SystemError.last.whileWriting(path)
      }
    }
  }

  func write(_ bytes: [UInt8]) throws(InputError) {
    try bytes.withUnsafeBufferPointer { buffer throws(InputError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  func write(_ text: String) throws(InputError) { try write(Array(text.utf8)) }

  /// Writes `bytes` over what stands at `offset`; not for files that are opened to be added to.
  func write(_ bytes: [UInt8], at offset: Int) throws(InputError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(
          descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done,
          off_t(offset + done))
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw SystemError.last.whileWriting(path)
      }
    }
  }

  /// Waits until what was written is on the disk.
  func synchronize() throws(InputError) {
    guard fsync(descriptor) == 0 else { throw SystemError.last.whileWriting(path) }
  }

  /// Goes on behind the first `size` bytes and drops the rest.
  func truncate(to size: Int) throws(InputError) {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw SystemError.last.whileWriting(path)
    }
  }
}

/// `write(2)`, which the methods of this name would hide.
private let writeBytes: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write
