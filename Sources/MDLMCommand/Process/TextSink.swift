import MDLM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where text goes: a file descriptor, or memory in tests.
protocol TextSink: Sendable {
  /// Writes all of `bytes`, which are mostly UTF-8.
  func write(_ bytes: [UInt8]) throws
}

extension TextSink {
  /// Writes all of `text`.
  func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// The reader of a pipe has gone; nothing went wrong, but nothing more is wanted.
struct ClosedPipe: Error {}

/// An open file descriptor, such as standard output.
struct FileDescriptorSink: TextSink {
  let descriptor: Int32
  /// The name that messages use.
  let name: String

  static let standardOutput = FileDescriptorSink(
    descriptor: STDOUT_FILENO, name: "standard output")
  static let standardError = FileDescriptorSink(descriptor: STDERR_FILENO, name: "standard error")

  /// Writes all of `bytes`, waiting where the descriptor does not take it at once.
  ///
  /// - Throws: ``ClosedPipe``, or ``InputError`` of category `cannotWrite`.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let written = write(rest)
        if written >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        } else {
          try recover(from: errno)
        }
      }
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// Returns when the write is worth another try.
  private func recover(from code: Int32) throws {
    switch code {
    case EINTR: break
    case EAGAIN:
      // Another program that shares the terminal has made it non-blocking.
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&request, 1, -1)
    case EPIPE: throw ClosedPipe()
    default:
      throw InputError(
        .cannotWrite, name, found: String(cString: strerror(code)),
        expected: "a place that takes the output", remedy: "Free space there or redirect it")
    }
  }
}
