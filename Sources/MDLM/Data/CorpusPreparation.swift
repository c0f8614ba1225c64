/// Turns a corpus into one token shard, in bounded memory (`mdlm prepare`).
///
/// Text is read in blocks, which are tokenized on all threads and written in their order: the file
/// is the same for any number of threads. Until it is whole it grows in a directory beside its place,
/// `NAME.partial`, together with a record of how far the corpus has been read. A preparation that is
/// interrupted at any moment goes on from there when it is started again, and arrives at the same
/// bytes.
public struct CorpusPreparation: Sendable {
  /// The files, directories or `-` for standard input, in the order of the corpus.
  public let inputs: [String]
  public let reading: TextReading
  public let tokenizer: any Tokenizer
  /// The shard to write.
  public let output: String
  /// The file beside the shard, `NAME.tokenizer.json`, that the tokenizer is written to, or nil.
  public private(set) var tokenizerPath: String?

  private let files: [String]
  /// Each file when the preparation began; nil for standard input and other pipes.
  private let versions: [FileSystem.Version?]
  let limits: DocumentReader.Limits

  /// How far a preparation has come.
  public struct Progress: Sendable, Equatable {
    /// Bytes of text read, unpacked.
    public var bytes = 0
    public var tokens = 0
    public var documents = 0
    /// Tokens that stand for text outside the vocabulary.
    public var unknown = 0
    /// Bytes of text that an earlier preparation had read.
    public var resumedBytes = 0
  }

  /// Prepares the preparation.
  ///
  /// - Parameters:
  ///   - inputs: Files, directories or `-`.
  ///   - reading: How text becomes documents.
  ///   - tokenizer: What makes the ids.
  ///   - output: The shard to write.
  ///   - replacesOutput: Whether a file that is there is replaced, at the end.
  ///   - writesTokenizer: Whether the tokenizer is written, too, to ``tokenizerPath``.
  /// - Throws: ``InputError`` where inputs are not there or are shards already, or the output is.
  public init(
    inputs: [String], reading: TextReading = TextReading(), tokenizer: any Tokenizer,
    output: String, replacesOutput: Bool = false, writesTokenizer: Bool = false
  ) throws(InputError) {
    let isDirectory = FileSystem.isDirectory(output)
    guard !isDirectory, replacesOutput || !FileSystem.exists(output) else {
      throw InputError(
        .cannotWrite, output, found: isDirectory ? "a directory" : "a file",
        expected: "a place for a new shard",
        remedy: "Name another --output" + (isDirectory ? "" : ", or replace the file with --force"))
    }
    try self.init(
      inputs: inputs, reading: reading, tokenizer: tokenizer, output: output,
      limits: DocumentReader.Limits())
    guard writesTokenizer else { return }
    let path =
      (output.hasSuffix(".bin") ? String(output.dropLast(4)) : output) + InputPaths.tokenizerSuffix
    if !replacesOutput, FileSystem.exists(path),
      try !InputFile.contents(of: path).elementsEqual(tokenizer.tokenizerJSON().utf8)
    {
      throw InputError(
        .cannotWrite, path, found: "a file", expected: "a place for the tokenizer of the shard",
        remedy: "Name another --output, or replace the file with --force")
    }
    tokenizerPath = path
  }

  init(
    inputs: [String], reading: TextReading, tokenizer: any Tokenizer, output: String,
    limits: DocumentReader.Limits
  ) throws(InputError) {
    self.inputs = inputs
    self.reading = reading
    self.tokenizer = tokenizer
    self.output = output
    self.limits = limits
    try InputPaths.check(output, isNotIn: inputs)
    files = try InputPaths.files(at: inputs)
    versions = files.map { $0 == ByteStream.standardInput ? nil : FileSystem.version(of: $0) }
    if let shard = files.first(where: { reading.format(of: $0) == .shard }) {
      throw InputError(
        .badData, shard, found: "a token shard", expected: "text",
        remedy: "Leave it out: shards need no preparation")
    }
    if files.count(where: { $0 == ByteStream.standardInput }) > 1 {
      throw InputError(
        .usage, "-", found: "standard input twice", expected: "once", remedy: "Name it once")
    }
  }

  /// Makes the character tokenizer of a corpus, which is read for it from front to back.
  ///
  /// - Throws: ``InputError`` where a file cannot be read or is malformed, or for standard input,
  ///   which can be read only once.
  public static func characterTokenizer(
    of inputs: [String], reading: TextReading = TextReading(), specials: Set<SpecialToken> = []
  ) throws(InputError) -> CharacterTokenizer {
    guard !inputs.contains(ByteStream.standardInput) else {
      throw InputError(
        .usage, "--tokenizer", found: "char with standard input",
        expected: "files, which can be read twice: for the vocabulary and for the ids",
        remedy: "Name a file, or use the byte tokenizer")
    }
    var characters = CharacterTokenizer.CharacterSet()
    for file in try InputPaths.files(at: inputs) {
      var reader = try DocumentReader(path: file, reading: reading)
      while let pieces = try reader.next() {
        for piece in pieces { try characters.insert(piece.text) }
      }
    }
    return try CharacterTokenizer(
      characters, name: inputs.joined(separator: ", "), specials: specials)
  }

  /// The bytes of all files as they lie on the disk, or nil where standard input is one of them or
  /// files are packed.
  public var totalBytes: Int? {
    var total = 0
    for file in files {
      guard let size = FileSystem.size(of: file), !file.hasSuffix(".gz") else { return nil }
      total += size
    }
    return total
  }

  /// Reads, tokenizes and writes until the corpus ends or `report` says stop.
  ///
  /// - Parameters:
  ///   - device: The threads to work on.
  ///   - report: Called after every few blocks.
  /// - Returns: What the shard holds, or nil where `report` stopped it; it then goes on next time.
  /// - Throws: ``InputError`` where text is malformed, a file has changed since the preparation
  ///   began, another preparation writes the same shard, or the disk is full; what was recorded
  ///   until then is kept.
  public func run(
    on device: Device, report: (Progress) -> Disposition = { _ in .proceed }
  ) throws(InputError) -> Progress? {
    let partial = try PartialShard(
      output: output, settings: settings, tokenizer: tokenizer, reading: reading)
    do throws(InputError) {
      return try run(partial, on: device, report: report)
    } catch {
      partial.removeUnlessSaved()
      throw error
    }
  }

  private func run(
    _ partial: PartialShard, on device: Device, report: (Progress) -> Disposition
  ) throws(InputError) -> Progress? {
    var source = BlockSource(
      files: files, versions: versions, reading: reading, limits: limits, from: partial.place)
    var saved = partial.place.bytes
    let blocksAtOnce = 4 * device.threadCount
    while true {
      var blocks: [[TextPiece]] = []
      let start = source.place.bytes
      while blocks.count < blocksAtOnce, source.place.bytes - start < Self.bytesAtOnce,
        let block = try source.next()
      { blocks.append(block) }
      if blocks.isEmpty { break }
      let encoded = encode(blocks, on: device)
      partial.place = source.place
      for block in encoded { try partial.append(block.get()) }
      let disposition = report(partial.progress)
      if disposition == .stop || source.place.bytes - saved >= Self.bytesBetweenRecords {
        try partial.save()
        saved = source.place.bytes
      }
      if disposition == .stop { return nil }
    }
    try partial.finish(tokenizerPath: tokenizerPath)
    return partial.progress
  }

  /// Text that is at work at once, where blocks are large: documents that are held whole.
  private static let bytesAtOnce = 1 << 25
  /// Text between two records of how far the corpus has been read.
  private static let bytesBetweenRecords = 1 << 28

  private func encode(
    _ blocks: [[TextPiece]], on device: Device
  ) -> [Result<EncodedBlock, InputError>] {
    var results: [Result<EncodedBlock, InputError>] = blocks.map { _ in .success(EncodedBlock()) }
    results.withUnsafeMutableBufferPointer { results in
      let results = UnsafeSendableBuffer(results)
      device.workers.forEach(blocks.count) { index in
        results.buffer[index] = Result { () throws(InputError) in
          try EncodedBlock(blocks[index], DataEncoder(tokenizer))
        }
      }
    }
    return results
  }

  /// Everything that the bytes of the shard depend on.
  private var settings: JSONValue {
    [
      "files": .array(
        zip(files, versions).map { file, version in
          [
            "path": .string(file), "size": version.map { .number($0.size) } ?? .null,
            "modified": version.map { .number($0.modified) } ?? .null,
          ]
        }),
      "documents": .string(reading.documents.rawValue),
      "text_key": .string(reading.textKey),
      "detokenizer": .string(reading.detokenizer.rawValue),
      "line_ends": .string(reading.lineEnds.rawValue),
      "format": reading.format.map { .string($0.rawValue) } ?? .null,
      // Not its fingerprint alone: merges and normalizers decide on ids, too.
      "tokenizer": .string(SHA256.digest(of: tokenizer.tokenizerJSON().utf8)),
    ]
  }
}

/// A buffer whose elements different threads write, each its own.
private struct UnsafeSendableBuffer<Element>: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Element>

  init(_ buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }
}

/// The ids of a block of text.
struct EncodedBlock: Sendable {
  var tokens: [Int32] = []
  /// Where documents end in ``tokens``.
  var documentEnds: [Int] = []
  /// Whether the last document goes on in the next block.
  var isOpen = false

  init() {}

  init(_ pieces: [TextPiece], _ encoder: DataEncoder) throws(InputError) {
    for piece in pieces {
      try encoder.append(piece.text, to: &tokens)
      if piece.endsDocument { documentEnds.append(tokens.count) }
      isOpen = !piece.endsDocument
    }
  }
}

/// The blocks of several files one after another.
private struct BlockSource {
  let files: [String]
  let versions: [FileSystem.Version?]
  let reading: TextReading
  let limits: DocumentReader.Limits
  private(set) var place: PartialShard.Place
  private var reader: DocumentReader?

  init(
    files: [String], versions: [FileSystem.Version?], reading: TextReading,
    limits: DocumentReader.Limits, from place: PartialShard.Place
  ) {
    self.files = files
    self.versions = versions
    self.reading = reading
    self.limits = limits
    self.place = place
  }

  mutating func next() throws(InputError) -> [TextPiece]? {
    while place.file < files.count {
      var reader =
        if let open = self.reader { open } else {
          try DocumentReader(
            path: files[place.file], reading: reading, from: place.position, limits: limits)
        }
      let block = try reader.next()
      if let block {
        place.bytes += reader.position.offset - place.position.offset
        place.position = reader.position
        self.reader = reader
        return block
      }
      try checkWhole(reader)
      self.reader = nil
      place.file += 1
      place.position = DocumentReader.Position()
    }
    return nil
  }

  /// Checks at the end of a file that it is the one that the preparation began with.
  private func checkWhole(_ reader: DocumentReader) throws(InputError) {
    let path = files[place.file]
    guard let expected = versions[place.file] else { return }
    let version = FileSystem.version(of: path)
    guard version != expected || reader.isUnpacked && reader.position.offset != expected.size else {
      return
    }
    let size = version?.size ?? 0
    throw InputError(
      .badData, path,
      found: size == expected.size ? "other text than at first" : "\(size) bytes",
      expected: size == expected.size
        ? "a file that stays as it is while it is read"
        : "the \(expected.size) it had when the preparation began",
      remedy: "Leave it as it is while it is read, and begin again")
  }
}
