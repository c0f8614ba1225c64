/// Files of token ids (`.bin`).
///
/// All numbers are little-endian. A shard is a header of 24 bytes and the ids:
///
/// | offset | type | content |
/// |---|---|---|
/// | 0 | 8 bytes | the magic `mdlm.tok` in ASCII |
/// | 8 | uint32 | the version of the format, 1 |
/// | 12 | uint32 | bytes per token, 2 or 4 |
/// | 16 | uint64 | the number of tokens |
/// | 24 | uint16 or uint32 each | the ids |
///
/// Files without a header that hold nothing but uint16 ids (as nanoGPT writes them) are read where
/// the caller says so: nothing in them tells what they are.
public enum TokenShard {
  private static let magic = Array("mdlm.tok".utf8)
  private static let version: UInt64 = 1
  private static let headerSize = 24
  /// The first number of an llm.c shard.
  private static let foreignMagic: UInt64 = 20_240_520

  /// Reads the ids of a shard.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - rawUInt16: Whether the file is nothing but uint16 ids.
  ///   - vocabularySize: The number of ids, where it is known: every id must be below it.
  /// - Returns: The ids in file order.
  /// - Throws: ``InputError`` where the file is empty, cut short, not what it should be, or holds
  ///   an id beyond the vocabulary.
  public static func read(
    path: String, rawUInt16: Bool = false, vocabularySize: Int? = nil
  ) throws(InputError) -> [Int32] {
    let bytes = try InputFile.contents(of: path)
    guard !bytes.isEmpty else {
      throw mistake(path, "an empty file", "token ids", "Write the shard again")
    }
    if bytes.count >= 4, number(in: bytes[..<4]) == foreignMagic {
      throw mistake(
        path, "an llm.c token shard", rawUInt16 ? "uint16 ids without a header" : "an mdlm shard",
        "Drop its header (tail -c +1025 IN.bin > OUT.bin) and read its uint16 ids as raw uint16")
    }
    let width = rawUInt16 ? 2 : try checkedWidth(of: bytes, path)
    let body = rawUInt16 ? bytes[...] : bytes[headerSize...]
    if rawUInt16 { try checkRaw(bytes, path) }
    return try ids(in: body, width: width, path: path, limit: vocabularySize)
  }

  /// Writes a shard: two bytes per token where all ids fit, four otherwise.
  ///
  /// - Parameters:
  ///   - tokens: Ids, none negative.
  ///   - path: The file, which is replaced in one step.
  /// - Throws: ``InputError`` where the file cannot be written.
  public static func write(_ tokens: [Int32], to path: String) throws(InputError) {
    require(tokens.allSatisfy { $0 >= 0 }, "[TokenShard] negative ids cannot be written")
    let width = tokens.allSatisfy { $0 <= UInt16.max } ? 2 : 4
    var bytes = magic
    bytes.reserveCapacity(headerSize + tokens.count * width)
    append(version, width: 4, to: &bytes)
    append(UInt64(width), width: 4, to: &bytes)
    append(UInt64(tokens.count), width: 8, to: &bytes)
    for token in tokens { append(UInt64(token), width: width, to: &bytes) }
    try AtomicReplacement.writeFile(path) { file throws(InputError) in try file.write(bytes) }
  }

  /// Checks the header against the file and returns the bytes per token.
  private static func checkedWidth(of bytes: [UInt8], _ path: String) throws(InputError) -> Int {
    guard bytes.starts(with: magic) else {
      throw mistake(
        path, "a file that does not begin with 'mdlm.tok'", "a token shard with its header",
        "Pass --raw-uint16 if the file is nothing but uint16 ids")
    }
    guard bytes.count >= headerSize else {
      throw mistake(
        path, "\(bytes.count) bytes", "a header of \(headerSize) bytes", "Write the shard again")
    }
    let fileVersion = number(in: bytes[8..<12])
    guard fileVersion == version else {
      throw mistake(
        path, "format version \(fileVersion)", "version \(version)",
        "Write the shard again with this program")
    }
    let width = number(in: bytes[12..<16])
    guard width == 2 || width == 4 else {
      throw mistake(path, "\(width) bytes per token", "2 or 4", "Write the shard again")
    }
    let count = number(in: bytes[16..<24])
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size == UInt64(bytes.count - headerSize) else {
      throw mistake(
        path, "\(bytes.count - headerSize) bytes of ids",
        "\(count) ids of \(width) bytes, as the header says", "Write or copy the shard again")
    }
    guard count > 0 else {
      throw mistake(path, "a shard of no tokens", "token ids", "Write the shard again")
    }
    return Int(width)
  }

  private static func checkRaw(_ bytes: [UInt8], _ path: String) throws(InputError) {
    guard !bytes.starts(with: magic) else {
      throw mistake(
        path, "a token shard with a header", "uint16 ids without a header",
        "Drop --raw-uint16: the header says all there is to know")
    }
    guard bytes.count.isMultiple(of: 2) else {
      throw mistake(
        path, "\(bytes.count) bytes", "an even number, two for each id",
        "Write or copy the file again, or drop --raw-uint16 if its ids have another size")
    }
  }

  private static func ids(
    in body: ArraySlice<UInt8>, width: Int, path: String, limit: Int?
  ) throws(InputError) -> [Int32] {
    let limit = UInt64(limit ?? Int(Int32.max))
    var ids: [Int32] = []
    ids.reserveCapacity(body.count / width)
    for start in stride(from: body.startIndex, to: body.endIndex, by: width) {
      let id = number(in: body[start..<start + width])
      guard id < limit else {
        throw mistake(
          path, "the id \(id) at token \(ids.count)", "ids below the vocabulary's size \(limit)",
          "Use the tokenizer that wrote the shard, and a model with its vocabulary")
      }
      ids.append(Int32(id))
    }
    return ids
  }

  private static func number(in bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func append(_ number: UInt64, width: Int, to bytes: inout [UInt8]) {
    for shift in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
  }

  private static func mistake(
    _ path: String, _ found: String, _ expected: String, _ remedy: String
  ) -> InputError {
    InputError(.badData, path, found: found, expected: expected, remedy: remedy)
  }
}
