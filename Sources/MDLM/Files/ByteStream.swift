#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Bytes read from front to back: a file, standard input, or what a gzip file unpacks to.
final class ByteStream {
  /// The path that stands for standard input.
  static let standardInput = "-"

  /// What a gzip file begins with.
  static let gzipMagic: [UInt8] = [0x1F, 0x8B]
  /// Whether the bytes are unpacked from a gzip file.
  var isGzip: Bool { if case .gzip = source { true } else { false } }

  /// What errors call the stream.
  let name: String
  private let source: Source

  private enum Source {
    case descriptor(Int32)
    case gzip(ZLibrary.File, ZLibrary)
  }

  /// Opens what is at `path`; a gzip file is known by its first bytes, whatever its name.
  init(path: String) throws(InputError) {
    guard path != Self.standardInput else {
      name = "standard input"
      source = .descriptor(STDIN_FILENO)
      return
    }
    name = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last.whileReading(path) }
    var magic = [UInt8](repeating: 0, count: 2)
    guard pread(descriptor, &magic, 2, 0) == 2, magic == Self.gzipMagic else {
      source = .descriptor(descriptor)
      return
    }
    closeFile(descriptor)
    guard let library = ZLibrary.shared else {
      throw InputError(
        .missingInput, path, found: "a gzip file, and no zlib on this system",
        expected: "zlib (the package zlib1g) to unpack it",
        remedy: "Install it, or unpack the file (gunzip) and name the result")
    }
    guard let file = library.open(path, "rb") else { throw SystemError.last.whileReading(path) }
    source = .gzip(file, library)
  }

  deinit {
    switch source {
    case .descriptor(STDIN_FILENO): break
    case .descriptor(let descriptor): closeFile(descriptor)
    case .gzip(let file, let library): _ = library.close(file)
    }
  }

  /// Adds up to `count` bytes to the end of `bytes`.
  ///
  /// - Returns: How many there were; none at the end of the stream.
  func read(_ count: Int, appendingTo bytes: inout [UInt8]) throws(InputError) -> Int {
    let start = bytes.count
    bytes += repeatElement(0, count: count)
    let received = bytes.withUnsafeMutableBytes { buffer -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      switch source {
      case .descriptor(let descriptor):
        while true {
          let received = readBytes(descriptor, base + start, count)
          if received >= 0 || errno != EINTR { return received }
        }
      case .gzip(let file, let library):
        let received = Int(library.read(file, base + start, UInt32(min(count, 1 << 30))))
        // A file that is cut short ends like a whole one, but for this number.
        var number: Int32 = 0
        if received == 0 { _ = library.error(file, &number) }
        return number == 0 ? received : -1
      }
    }
    bytes.removeLast(count - max(received, 0))
    guard received >= 0 else {
      if case .gzip = source {
        throw InputError(
          .badData, name, found: "gzip data that is damaged or cut short",
          expected: "a whole gzip file", remedy: "Fetch or copy the file again")
      }
      throw SystemError.last.whileReading(name)
    }
    return received
  }

  /// Passes over `count` bytes; returns whether there were as many.
  func skip(_ count: Int) throws(InputError) -> Bool {
    if case .descriptor(let descriptor) = source, lseek(descriptor, 0, SEEK_CUR) >= 0 {
      var status = stat()
      guard fstat(descriptor, &status) == 0, count <= Int(status.st_size) else { return false }
      return lseek(descriptor, off_t(count), SEEK_CUR) >= 0
    }
    var (rest, bytes) = (count, [UInt8]())
    while rest > 0 {
      bytes.removeAll(keepingCapacity: true)
      let received = try read(min(rest, 1 << 20), appendingTo: &bytes)
      guard received > 0 else { return false }
      rest -= received
    }
    return true
  }
}

/// `read(2)` and `close(2)`, which the methods of these names would hide.
private let readBytes: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read
private let closeFile: @Sendable (Int32) -> Void = { _ = close($0) }
