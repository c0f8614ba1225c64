#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A new file being written from front to back.
final class OutputFile {
  let path: String
  private let descriptor: Int32

  /// Creates the file; there must be none yet.
  init(creating path: String) throws(InputError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.last.whileWriting(path) }
    self.path = path
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      #if canImport(Darwin)
        let count = Darwin.write(descriptor, base + done, bytes.count - done)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, base + done, bytes.count - done)
      #else
        let count = Glibc.write(descriptor, base + done, bytes.count - done)
      #endif
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw SystemError.last.whileWriting(path)
      }
    }
  }

  func write(_ text: String) throws(InputError) {
    try Array(text.utf8).withUnsafeBufferPointer { buffer throws(InputError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }
}
