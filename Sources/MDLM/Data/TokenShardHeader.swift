/// What stands before the ids of a ``TokenShard``.
struct TokenShardHeader {
  /// Bytes per token.
  let width: Int
  let tokenCount: Int
  let documentCount: Int
  let vocabularySize: Int?
  /// The SHA-256 of the vocabulary as hexadecimal digits.
  let fingerprint: String?
  /// How text became documents, where that is known.
  let reading: TextReading?
  /// Where the ids begin.
  let offset: Int

  static let size = 96
  private static let magic = Array("mdlm.tok".utf8)
  private static let version = 2
  /// The first number of llm.c's shards of GPT-2 ids (uint16) and of Llama 3 ids (uint32), and the
  /// version that follows it.
  private static let foreign: [(magic: UInt64, version: UInt64, width: Int)] = [
    (20_240_520, 1, 2), (20_240_801, 7, 4),
  ]
  private static let foreignSize = 1024

  init(
    width: Int, tokenCount: Int, documentCount: Int, vocabularySize: Int?, fingerprint: String?,
    reading: TextReading? = nil, offset: Int = size
  ) {
    self.width = width
    self.tokenCount = tokenCount
    self.documentCount = documentCount
    self.vocabularySize = vocabularySize
    self.fingerprint = fingerprint
    self.reading = reading
    self.offset = offset
  }

  /// Zeros between the ids and the ends of the documents.
  var padding: Int { documentCount == 0 ? 0 : (8 - (offset + tokenCount * width) % 8) % 8 }
  var fileSize: Int { offset + tokenCount * width + padding + 8 * documentCount }

  /// The header as it stands in the file.
  var bytes: [UInt8] {
    var bytes = Self.magic
    Self.append(UInt64(Self.version), width: 4, to: &bytes)
    Self.append(UInt64(width), width: 4, to: &bytes)
    Self.append(UInt64(tokenCount), width: 8, to: &bytes)
    Self.append(UInt64(documentCount), width: 8, to: &bytes)
    Self.append(UInt64(vocabularySize ?? 0), width: 8, to: &bytes)
    let digits = Array((fingerprint ?? String(repeating: "0", count: 64)).utf8)
    for index in stride(from: 0, to: 64, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      bytes.append(UInt8(pair, radix: 16) ?? 0)
    }
    bytes += reading?.codes ?? []
    return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
  }

  /// Reads the header of a file that begins with `start`, and checks that the file is whole.
  init(_ start: [UInt8], of file: InputFile, rawUInt16: Bool) throws(InputError) {
    let isOurs = start.starts(with: Self.magic)
    let first = start.count >= 4 ? Self.number(start[..<4]) : 0
    let foreign = Self.foreign.first { $0.magic == first }
    if rawUInt16 {
      guard !isOurs, foreign == nil else {
        throw file.mistake(
          isOurs ? "a token shard with a header" : "an llm.c token shard",
          "uint16 ids without a header",
          "Drop --raw-uint16: the header says all there is to know")
      }
      guard file.size.isMultiple(of: 2) else {
        throw file.mistake(
          "\(file.size) bytes", "an even number, two for each id",
          "Write or copy the file again, or drop --raw-uint16 if its ids have another size")
      }
      self.init(
        width: 2, tokenCount: file.size / 2, documentCount: 0, vocabularySize: nil,
        fingerprint: nil, offset: 0)
    } else if isOurs {
      try self.init(start, of: file)
    } else if let foreign {
      try self.init(start, of: file, version: foreign.version, width: foreign.width)
    } else if start.starts(with: ByteStream.gzipMagic) {
      throw file.mistake(
        "a gzip file", "a token shard, which is read in place", "Unpack it (gunzip)")
    } else {
      throw file.mistake(
        "a file that does not begin with 'mdlm.tok'", "a token shard with its header",
        "If it is nothing but uint16 ids, say so: eval-ppl --raw-uint16, or data.raw_uint16 in a "
          + "configuration")
    }
    if tokenCount == 0 { throw file.mistake("a shard of no tokens", "token ids", Self.again) }
  }

  private static let again = "Write the shard again"

  /// Reads a header of this package.
  private init(_ start: [UInt8], of file: InputFile) throws(InputError) {
    guard start.count >= 12 else {
      throw file.mistake("\(start.count) bytes", "a header of \(Self.size) bytes", Self.again)
    }
    let version = Self.number(start[8..<12])
    guard version == UInt64(Self.version) else {
      throw file.mistake(
        "format version \(version)", "version \(Self.version)",
        "Write the shard again with this program")
    }
    guard start.count == Self.size else {
      throw file.mistake("\(start.count) bytes", "a header of \(Self.size) bytes", Self.again)
    }
    let width = Self.number(start[12..<16])
    guard width == 2 || width == 4 else {
      throw file.mistake("\(width) bytes per token", "2 or 4", Self.again)
    }
    let (tokens, documents) = (Self.number(start[16..<24]), Self.number(start[24..<32]))
    let vocabularySize = Self.number(start[32..<40])
    // Products of numbers up to this limit fit an Int. The file's own size is not enough of one: a
    // file of nothing but holes can be as long as its system counts.
    let limit = min(UInt64(file.size), 1 << 59)
    guard tokens <= limit, documents <= limit, vocabularySize <= UInt64(Int32.max) else {
      throw file.mistake(
        "\(file.size) bytes", "\(tokens) ids of \(width) bytes, as the header says",
        "Write or copy the shard again")
    }
    let isKnown = start[40..<72].contains { $0 != 0 }
    let digits = start[40..<72].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    self.init(
      width: Int(width), tokenCount: Int(tokens), documentCount: Int(documents),
      vocabularySize: vocabularySize == 0 ? nil : Int(vocabularySize),
      fingerprint: isKnown ? digits : nil,
      reading: try Self.reading(start[72..<75], of: file))
    guard fileSize == file.size else {
      throw file.mistake(
        "\(file.size) bytes",
        "\(fileSize): \(tokens) ids of \(width) bytes and the ends of \(documents) documents",
        "Write or copy the shard again")
    }
  }

  private static func reading(
    _ codes: ArraySlice<UInt8>, of file: InputFile
  ) throws(InputError) -> TextReading? {
    if codes.allSatisfy({ $0 == 0 }) { return nil }
    guard let reading = TextReading(codes: Array(codes)) else {
      throw file.mistake(
        "the codes \(Array(codes)) for how text was read", "codes that this program knows",
        "Write the shard again with this program")
    }
    return reading
  }

  /// Reads a header of llm.c: its magic, a version and the number of tokens, as int32.
  private init(
    _ start: [UInt8], of file: InputFile, version: UInt64, width: Int
  ) throws(InputError) {
    guard start.count >= 12, file.size >= Self.foreignSize else {
      throw file.mistake(
        "\(file.size) bytes", "an llm.c header of \(Self.foreignSize) bytes", Self.again)
    }
    guard Self.number(start[4..<8]) == version else {
      throw file.mistake(
        "version \(Self.number(start[4..<8])) of an llm.c shard", "version \(version)",
        "Write the shard again with a current llm.c")
    }
    self.init(
      width: width, tokenCount: Int(Self.number(start[8..<12])), documentCount: 0,
      vocabularySize: nil, fingerprint: nil, offset: Self.foreignSize)
    guard fileSize == file.size else {
      throw file.mistake(
        "\(file.size) bytes", "\(fileSize): \(tokenCount) ids of \(width) bytes",
        "Write or copy the shard again")
    }
  }

  /// Reads where the documents end.
  func documentEnds(of file: InputFile) throws(InputError) -> [Int] {
    var ends: [Int] = []
    ends.reserveCapacity(documentCount)
    let start = fileSize - 8 * documentCount
    for first in stride(from: 0, to: documentCount, by: 1 << 16) {
      let count = min(1 << 16, documentCount - first)
      let bytes = try file.read(8 * count, at: start + 8 * first)
      for index in 0..<count {
        let end = Self.number(bytes[8 * index..<8 * index + 8])
        guard end <= UInt64(tokenCount), Int(end) >= ends.last ?? 0 else {
          throw file.mistake(
            "the end of document \(ends.count) at token \(end)",
            "ends in ascending order, up to \(tokenCount)", Self.again)
        }
        ends.append(Int(end))
      }
    }
    guard ends.last ?? tokenCount == tokenCount else {
      throw file.mistake(
        "the last document's end at token \(ends.last ?? 0)", "\(tokenCount)", Self.again)
    }
    return ends
  }

  static func append(_ number: UInt64, width: Int, to bytes: inout [UInt8]) {
    for shift in 0..<width { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
  }

  /// Adds ids, each in `width` bytes.
  static func append(_ tokens: [Int32], width: Int, to bytes: inout [UInt8]) {
    for token in tokens {
      bytes.append(UInt8(truncatingIfNeeded: token))
      bytes.append(UInt8(truncatingIfNeeded: token >> 8))
      if width == 4 {
        bytes.append(UInt8(truncatingIfNeeded: token >> 16))
        bytes.append(UInt8(truncatingIfNeeded: token >> 24))
      }
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension InputFile {
  /// The mistake that the file's content is not what it should be.
  func mistake(_ found: String, _ expected: String, _ remedy: String) -> InputError {
    InputError(.badData, path, found: found, expected: expected, remedy: remedy)
  }
}
