/// A safetensors file open for reading: a header that lists tensors, then their values.
///
/// The format is an unsigned 64-bit little-endian header length, a JSON header, and the data of all
/// tensors without holes. All of it is checked on opening; values are read when they are asked for.
public final class SafetensorsFile: Sendable {
  public let path: String
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  /// The tensors in the order of their data.
  public let entries: [SafetensorsEntry]

  private let file: InputFile
  private let dataStart: Int
  private let indices: [String: Int]

  /// Opens the file at `path`.
  ///
  /// - Throws: ``InputError`` for a file that is missing or is not a well-formed safetensors file.
  public init(path: String) throws(InputError) {
    let file = try InputFile(path: path)
    let length = try Self.headerLength(of: file)
    let header = try SafetensorsHeader(
      json: file.read(length, at: 8), dataSize: file.size - 8 - length, path: path)
    self.path = path
    self.file = file
    metadata = header.metadata
    entries = header.entries
    dataStart = 8 + length
    var indices: [String: Int] = [:]
    for (index, entry) in header.entries.enumerated() {
      // Names of other bytes that Unicode holds to be equal.
      guard indices.updateValue(index, forKey: entry.name) == nil else {
        throw InputError(
          .badData, "\(path): tensor \(entry.name)", found: "the name a second time",
          expected: "each name once", remedy: "Download or write the file again")
      }
    }
    self.indices = indices
  }

  /// The tensor called `name`, or nil where there is none.
  public subscript(name: String) -> SafetensorsEntry? { indices[name].map { entries[$0] } }

  /// Reads a floating-point tensor of any precision as floats, in row-major order.
  ///
  /// - Throws: ``InputError`` for an unknown name, an integer tensor, a file cut short, or a value
  ///   that is not finite unless `allowingNonFinite`.
  public func readFloats(
    _ name: String, allowingNonFinite: Bool = false
  ) throws(InputError) -> [Float] {
    var values = [Float](repeating: 0, count: try entry(name).count)
    try values.withUnsafeMutableBufferPointer { buffer throws(InputError) in
      try read(name, into: buffer, allowingNonFinite: allowingNonFinite)
    }
    return values
  }

  /// Reads a floating-point tensor into `values`, which has room for exactly its elements.
  ///
  /// - Throws: As ``readFloats(_:allowingNonFinite:)`` does.
  public func read(
    _ name: String, into values: UnsafeMutableBufferPointer<Float>, allowingNonFinite: Bool = false
  ) throws(InputError) {
    let entry = try entry(name)
    require(
      entry.count == values.count,
      "[SafetensorsFile] \(name): shape \(entry.shape) does not fill \(values.count) values")
    switch entry.dataType {
    case .float32:
      let bytes = UnsafeMutableRawBufferPointer(values)
      try file.read(into: bytes, at: dataStart + entry.dataOffsets.lowerBound)
    case .float16:
      try forEach(UInt16.self, of: entry) { values[$0] = Float(halfPrecisionPattern: $1) }
    case .bfloat16:
      try forEach(UInt16.self, of: entry) { values[$0] = Float(bfloat16Pattern: $1) }
    case .float64:
      try forEach(UInt64.self, of: entry) { values[$0] = Float(Double(bitPattern: $1)) }
    default:
      throw mistake(
        name, found: entry.dataType.rawValue, expected: "a floating-point tensor",
        remedy: "Convert it to F32")
    }
    if !allowingNonFinite, let index = values.firstIndex(where: { !$0.isFinite }) {
      throw mistake(
        name, found: "the value \(values[index]) at element \(index)", expected: "finite numbers",
        remedy: "Use weights from before training diverged")
    }
  }

  /// Reads an integer or Boolean tensor, in row-major order.
  ///
  /// - Throws: ``InputError`` for an unknown name, a floating-point tensor, a file cut short, or a
  ///   value that 32 bits do not hold.
  public func readInt32(_ name: String) throws(InputError) -> [Int32] {
    let entry = try entry(name)
    return switch entry.dataType {
    case .int64: try integers(Int64.self, of: entry)
    case .int32: try integers(Int32.self, of: entry)
    case .int16: try integers(Int16.self, of: entry)
    case .int8: try integers(Int8.self, of: entry)
    case .uint64: try integers(UInt64.self, of: entry)
    case .uint32: try integers(UInt32.self, of: entry)
    case .uint16: try integers(UInt16.self, of: entry)
    case .uint8, .bool: try integers(UInt8.self, of: entry)
    default:
      throw mistake(
        name, found: entry.dataType.rawValue, expected: "an integer tensor",
        remedy: "Convert it to I32")
    }
  }

  private func integers<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ type: Stored.Type, of entry: SafetensorsEntry
  ) throws(InputError) -> [Int32] {
    var values: [Int32] = []
    values.reserveCapacity(entry.count)
    var outside: (index: Int, value: Stored)?
    try forEach(type, of: entry) { index, stored in
      if let value = Int32(exactly: stored) {
        values.append(value)
      } else if outside == nil {
        outside = (index, stored)
      }
    }
    if let outside {
      throw mistake(
        entry.name, found: "the value \(outside.value) at element \(outside.index)",
        expected: "numbers of at most 32 bits", remedy: "Check that this is the tensor you mean")
    }
    return values
  }

  /// Calls `body` with the index and the stored pattern of every element, a chunk at a time.
  private func forEach<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ type: Stored.Type, of entry: SafetensorsEntry, _ body: (Int, Stored) -> Void
  ) throws(InputError) {
    let width = MemoryLayout<Stored>.size
    let elements = entry.dataOffsets.count / width
    var start = 0
    while start < elements {
      let count = min(elements - start, (1 << 20) / width)
      let offset = dataStart + entry.dataOffsets.lowerBound + start * width
      let bytes = try file.read(count * width, at: offset)
      bytes.withUnsafeBytes { bytes in
        for index in 0..<count {
          let stored = bytes.loadUnaligned(fromByteOffset: index * width, as: Stored.self)
          body(start + index, Stored(littleEndian: stored))
        }
      }
      start += count
    }
  }

  private func entry(_ name: String) throws(InputError) -> SafetensorsEntry {
    guard let entry = self[name] else {
      throw mistake(
        name, found: "no such tensor", expected: "one of the \(entries.count) in the file",
        remedy: "Check that this is the file you mean")
    }
    return entry
  }

  private func mistake(
    _ name: String, found: String, expected: String, remedy: String
  ) -> InputError {
    InputError(
      .badData, "\(path): tensor \(name)", found: found, expected: expected, remedy: remedy)
  }
}

extension SafetensorsFile {
  /// The length of the header, checked against the limits of the format and the file's size.
  private static func headerLength(of file: InputFile) throws(InputError) -> Int {
    func mistake(_ found: String, _ expected: String) -> InputError {
      InputError(
        .badData, file.path, found: found, expected: expected,
        remedy: "Download or write the file again")
    }
    guard file.size >= 8 else {
      throw mistake("\(file.size) bytes", "a safetensors file, which has 8 bytes and more")
    }
    let start = try file.read(min(file.size, 9), at: 0)
    let length = start.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let error = foreignFormat(start, path: file.path) { throw error }
    guard length <= UInt64(SafetensorsHeader.maximumLength) else {
      throw mistake(
        "a header length of \(length)", "at most \(SafetensorsHeader.maximumLength) bytes of header"
      )
    }
    guard Int(length) <= file.size - 8 else {
      throw mistake(
        "a header length of \(length) in a file of \(file.size) bytes",
        "a header that ends within the file")
    }
    guard start.last == UInt8(ascii: "{"), length > 0 else {
      throw mistake(
        "a header that does not begin with '{'", "the JSON header of a safetensors file")
    }
    return Int(length)
  }

  /// The mistake to report for a file that `start` shows to be of another kind that users mix up.
  private static func foreignFormat(_ start: [UInt8], path: String) -> InputError? {
    let kinds: [(magic: [UInt8], name: String, remedy: String)] = [
      (
        Array("PK\u{3}\u{4}".utf8), "a zip archive, as PyTorch writes checkpoints",
        "Convert it to safetensors with Python"
      ),
      ([0x80, 0x02, 0x8A], "a Python pickle", "Convert it to safetensors with Python"),
      (Array("GGUF".utf8), "a GGUF file", "Use the safetensors file of the model"),
      (
        Array("version ".utf8), "a Git LFS pointer",
        "Fetch the file itself, for example with 'git lfs pull'"
      ),
    ]
    return kinds.first { start.starts(with: $0.magic) }.map { kind in
      InputError(
        .badData, path, found: kind.name, expected: "a safetensors file", remedy: kind.remedy)
    }
  }
}
