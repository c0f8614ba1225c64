/// A file of token ids (`.bin`), read in place.
///
/// All numbers are little-endian. What this package writes is a header of 96 bytes, the ids, zeros up
/// to a multiple of eight bytes, and the ends of the documents:
///
/// | offset | type | content |
/// |---|---|---|
/// | 0 | 8 bytes | the magic `mdlm.tok` in ASCII |
/// | 8 | uint32 | the version of the format, 2 |
/// | 12 | uint32 | bytes per token, 2 or 4 |
/// | 16 | uint64 | the number of tokens |
/// | 24 | uint64 | the number of documents, 0 where their ends are not known |
/// | 32 | uint64 | the vocabulary's size, the mask included, 0 where it is not known |
/// | 40 | 32 bytes | the SHA-256 of the vocabulary (``Tokenizer/fingerprint``), or zeros |
/// | 72 | 3 bytes | how text became documents, or zeros: 1 for lines, 2 for a stream; the detokenizer, from 1 in the order of ``Detokenizer``; line ends dropped 1, kept 2 or trimmed 3 |
/// | 75 | 21 bytes | zeros |
/// | 96 | uint16 or uint32 each | the ids |
/// | then | uint64 each | the number of tokens up to the end of each document |
///
/// Shards of llm.c are known by their magic. Files without a header that hold nothing but uint16 ids
/// (as nanoGPT writes them) are read where the caller says so: nothing in them tells what they are.
public struct TokenShard: Sendable {
  /// The number of tokens.
  public let count: Int
  /// The number of tokens up to the end of each document; empty where that is not known.
  public let documentEnds: [Int]
  /// The number of ids, the mask included, where the file says it.
  public let vocabularySize: Int?
  /// What ``Tokenizer/fingerprint`` its tokenizer has, where the file says it.
  public let tokenizerFingerprint: String?
  /// How text became documents, where the file says it; the key and format of the text it does not.
  public let reading: TextReading?

  /// What ids may be, where that is known: checked at every reading, since files change.
  private var limit: (vocabularySize: Int, maskID: Int32)?
  private let file: InputFile
  /// Where the ids begin.
  private let offset: Int
  private let width: Int

  public var path: String { file.path }

  /// Opens the shard at `path` and checks its header against its size.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - rawUInt16: Whether the file is nothing but uint16 ids.
  /// - Throws: ``InputError`` where the file is empty, cut short or not what it should be.
  public init(path: String, rawUInt16: Bool = false) throws(InputError) {
    file = try InputFile(path: path)
    guard file.size > 0 else {
      throw file.mistake("an empty file", "token ids", "Write the shard again")
    }
    let start = try file.read(min(file.size, TokenShardHeader.size), at: 0)
    let header = try TokenShardHeader(start, of: file, rawUInt16: rawUInt16)
    count = header.tokenCount
    offset = header.offset
    width = header.width
    vocabularySize = header.vocabularySize
    tokenizerFingerprint = header.fingerprint
    reading = header.reading
    documentEnds = try header.documentEnds(of: file)
  }

  /// Adds the ids of `range` to the end of `tokens`.
  ///
  /// - Throws: ``InputError`` where the file has changed since it was opened, or an id cannot be data.
  func read(_ range: Range<Int>, appendingTo tokens: inout [Int32]) throws(InputError) {
    require(
      0 <= range.lowerBound && range.upperBound <= count,
      "[TokenShard] tokens \(range) of \(count)")
    let bytes = try file.read(range.count * width, at: offset + range.lowerBound * width)
    try file.checkUnchanged()
    let first = tokens.count
    bytes.withUnsafeBytes { buffer in
      for index in 0..<range.count {
        tokens.append(
          width == 2
            ? Int32(
              UInt16(littleEndian: buffer.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
            )
            : Int32(
              bitPattern: UInt32(
                littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))))
      }
    }
    let size = Int32(clamping: limit?.vocabularySize ?? Int(Int32.max))
    let mask = limit?.maskID ?? Int32.max
    if let wrong = tokens[first...].firstIndex(where: { !(0..<size).contains($0) || $0 == mask }) {
      throw file.mistake(
        "the id \(UInt32(bitPattern: tokens[wrong]))\(tokens[wrong] == mask ? " of the mask" : "") "
          + "at token \(range.lowerBound + wrong - first)",
        "ids below \(size)" + (limit.map { ", without the mask \($0.maskID)" } ?? ""),
        "Write the shard again, with the tokenizer of the model")
    }
  }

  /// The same shard, whose ids must be data of a vocabulary.
  func limited(vocabularySize: Int, maskID: Int32) -> TokenShard {
    var shard = self
    shard.limit = (vocabularySize, maskID)
    return shard
  }

  /// Returns all ids of the file.
  public func tokens() throws(InputError) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: 1 << 20) {
      try read(start..<min(start + 1 << 20, count), appendingTo: &tokens)
    }
    return tokens
  }

  /// Checks that the ids are those of `tokenizer`, as far as the file says.
  ///
  /// - Throws: ``InputError`` where the file was written with another tokenizer.
  func check(_ tokenizer: any Tokenizer, fingerprint: String) throws(InputError) {
    try checkVocabulary(of: tokenizer.vocabularySize)
    if let tokenizerFingerprint, tokenizerFingerprint != fingerprint {
      throw file.mistake(
        "ids of the vocabulary \(tokenizerFingerprint.prefix(12))…",
        "the tokenizer's \(fingerprint.prefix(12))…",
        "Use the tokenizer that wrote the shard, or prepare the text again")
    }
  }

  /// Checks that the vocabulary has `size` ids, as far as the file says.
  ///
  /// - Throws: ``InputError`` where it has another number.
  func checkVocabulary(of size: Int) throws(InputError) {
    guard let vocabularySize, vocabularySize != size else { return }
    throw file.mistake(
      "ids of a vocabulary of \(vocabularySize)", "the \(size) ids of the tokenizer or the model",
      "Use the tokenizer and a model of the vocabulary that wrote the shard, or prepare the text again"
    )
  }

  /// Reads all ids, so that one that cannot be data is found now.
  ///
  /// - Throws: ``InputError`` that names the first id outside the vocabulary, or mask.
  func checkIDs() throws(InputError) {
    var tokens: [Int32] = []
    for start in stride(from: 0, to: count, by: 1 << 18) {
      tokens.removeAll(keepingCapacity: true)
      try read(start..<min(start + 1 << 18, count), appendingTo: &tokens)
    }
  }

  /// Writes a shard: two bytes per token where all ids fit, four otherwise.
  ///
  /// - Parameters:
  ///   - tokens: Ids, none negative.
  ///   - documentEnds: The number of tokens up to the end of each document, if known.
  ///   - tokenizer: What made the ids, if known.
  ///   - reading: How text became documents, if known.
  ///   - path: The file, which is replaced in one step.
  /// - Throws: ``InputError`` where the file cannot be written.
  public static func write(
    _ tokens: [Int32], documentEnds: [Int] = [], tokenizer: (any Tokenizer)? = nil,
    reading: TextReading? = nil, to path: String
  ) throws(InputError) {
    require(tokens.allSatisfy { $0 >= 0 }, "[TokenShard] negative ids cannot be written")
    let header = TokenShardHeader(
      width: tokens.allSatisfy { $0 <= UInt16.max } ? 2 : 4, tokenCount: tokens.count,
      documentCount: documentEnds.count, vocabularySize: tokenizer?.vocabularySize,
      fingerprint: tokenizer?.fingerprint, reading: reading)
    var bytes = header.bytes
    bytes.reserveCapacity(header.fileSize)
    TokenShardHeader.append(tokens, width: header.width, to: &bytes)
    bytes += repeatElement(0, count: header.padding)
    for end in documentEnds { TokenShardHeader.append(UInt64(end), width: 8, to: &bytes) }
    try AtomicReplacement.writeFile(path) { file throws(InputError) in try file.write(bytes) }
  }
}
