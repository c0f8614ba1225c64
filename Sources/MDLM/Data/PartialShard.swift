/// A token shard that is being written, in a directory of its own beside its place.
///
/// The directory holds `ids` (the shard from its beginning), `documents` (the ends of the documents)
/// and `progress.json`, which says how much of both is valid and where the corpus goes on.
final class PartialShard {
  /// A place in the corpus.
  struct Place: Equatable, Sendable {
    /// The number of files before it.
    var file = 0
    var position = DocumentReader.Position()
    /// Bytes of text before it, in all files.
    var bytes = 0
  }

  /// Where the corpus goes on.
  var place = Place()
  private(set) var progress = CorpusPreparation.Progress()
  private var isOpen = false

  private let output: String
  private let directory: String
  private let settings: JSONValue
  private let tokenizer: any Tokenizer
  private let reading: TextReading
  private let fingerprint: String
  private let width: Int
  private let ids: OutputFile
  private let documents: OutputFile
  private let lock: FileLock

  /// Opens what an earlier preparation with the same settings has left, or begins.
  ///
  /// - Throws: ``InputError`` where another process writes the shard, or the settings were others.
  init(
    output: String, settings: JSONValue, tokenizer: any Tokenizer, reading: TextReading
  ) throws(InputError) {
    self.output = output
    self.settings = settings
    self.tokenizer = tokenizer
    self.reading = reading
    fingerprint = tokenizer.fingerprint
    width = tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
    directory = output + Self.suffix
    if !FileSystem.isDirectory(directory) { try FileSystem.makeDirectories(directory) }
    guard let lock = FileLock(path: directory) else {
      throw InputError(
        .cannotWrite, directory, found: "another preparation at work",
        expected: "one that writes this shard", remedy: "Wait for it, or name another --output")
    }
    self.lock = lock
    // Ids that are gone are a shard by now, and only the rest was not removed.
    if !FileSystem.exists(directory + "/ids") { FileSystem.remove(directory + "/progress.json") }
    ids = try OutputFile(changing: directory + "/ids")
    documents = try OutputFile(changing: directory + "/documents")
    if FileSystem.exists(progressPath) { try resume() }
    try ids.truncate(to: TokenShardHeader.size + progress.tokens * width)
    try documents.truncate(to: 8 * progress.documents)
  }

  /// What the name of the directory ends in.
  static let suffix = ".partial"

  deinit { lock.release() }

  private var progressPath: String { directory + "/progress.json" }

  /// Adds the ids of the next block.
  func append(_ block: EncodedBlock) throws(InputError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(block.tokens.count * width)
    TokenShardHeader.append(block.tokens, width: width, to: &bytes)
    try ids.write(bytes)
    bytes.removeAll(keepingCapacity: true)
    for end in block.documentEnds {
      TokenShardHeader.append(UInt64(progress.tokens + end), width: 8, to: &bytes)
    }
    try documents.write(bytes)
    progress.tokens += block.tokens.count
    if let unknown = tokenizer.unknownID {
      progress.unknown += block.tokens.count { $0 == unknown }
    }
    progress.documents += block.documentEnds.count
    isOpen = block.isOpen
    progress.bytes = place.bytes
  }

  /// Makes what has been appended the place to go on from.
  func save() throws(InputError) {
    try ids.synchronize()
    try documents.synchronize()
    let record: JSONValue = [
      "settings": settings,
      "place": [
        "file": .number(place.file), "bytes": .number(place.bytes),
        "offset": .number(place.position.offset), "line": .number(place.position.line),
        "is_in_document": .boolean(place.position.isInDocument),
        "is_in_line": .boolean(place.position.isInLine),
        "tail_bytes": .number(place.position.tail.count),
        "tail_sha256": .string(place.position.tail.digest),
      ],
      "tokens": .number(progress.tokens),
      "documents": .number(progress.documents),
      "unknown": .number(progress.unknown),
      "is_open": .boolean(isOpen),
    ]
    try AtomicReplacement.writeFile(progressPath, text: record.document())
  }

  private func resume() throws(InputError) {
    let bytes = try InputFile.contents(of: progressPath)
    let record = try JSONValue(parsing: bytes[...], name: progressPath)
    guard record["settings"] == settings else {
      throw InputError(
        .cannotWrite, directory,
        found: "an unfinished preparation " + difference(from: record["settings"]),
        expected: "the same, to go on with",
        remedy: "Remove that directory to begin again, or name another --output")
    }
    func integer(_ value: JSONValue?) throws(InputError) -> Int {
      // The limit is far above any corpus, and keeps sums and products of numbers from overflow.
      guard let number = value?.integer(Int.self), 0...1 << 56 ~= number else {
        throw InputError(
          .badData, progressPath, found: "a record that lacks a number",
          expected: "what this program wrote", remedy: "Remove the directory to begin again")
      }
      return number
    }
    let place = record["place"]
    self.place.file = try integer(place?["file"])
    self.place.bytes = try integer(place?["bytes"])
    self.place.position.offset = try integer(place?["offset"])
    self.place.position.line = try integer(place?["line"])
    self.place.position.isInDocument = place?["is_in_document"]?.boolean ?? false
    self.place.position.isInLine = place?["is_in_line"]?.boolean ?? false
    self.place.position.tail = DocumentReader.Tail(
      count: try integer(place?["tail_bytes"]), digest: place?["tail_sha256"]?.string ?? "")
    progress.tokens = try integer(record["tokens"])
    progress.documents = try integer(record["documents"])
    progress.unknown = try integer(record["unknown"])
    progress.bytes = self.place.bytes
    progress.resumedBytes = self.place.bytes
    isOpen = record["is_open"]?.boolean ?? false
    let least = TokenShardHeader.size + progress.tokens * width
    guard let size = FileSystem.size(of: directory + "/ids"), size >= least,
      let ends = FileSystem.size(of: directory + "/documents"), ends >= 8 * progress.documents
    else {
      throw InputError(
        .badData, directory, found: "files that are shorter than progress.json says",
        expected: "what this program wrote", remedy: "Remove the directory to begin again")
    }
  }

  /// How an unfinished preparation was another one, in words.
  private func difference(from old: JSONValue?) -> String {
    func files(_ settings: JSONValue?) -> [JSONValue] {
      if case .array(let files)? = settings?["files"] { files } else { [] }
    }
    let (before, now) = (files(old), files(settings))
    let paths = before.compactMap { $0["path"]?.string }
    guard paths == now.compactMap({ $0["path"]?.string }) else {
      return "of other files: \(paths.joined(separator: ", "))"
    }
    if let changed = zip(before, now).first(where: { $0 != $1 }) {
      return "of \(changed.0["path"]?.string ?? "") before it was changed"
    }
    if old?["tokenizer"] != settings["tokenizer"] { return "with another tokenizer" }
    let option = ["documents", "text_key", "detokenizer", "line_ends", "format"]
      .first { old?[$0] != settings[$0] }
    return option.map { "with \($0) \(old?[$0]?.string ?? "none")" } ?? "of another version"
  }

  /// Removes a preparation that has failed and left nothing to go on from.
  func removeUnlessSaved() {
    if !FileSystem.exists(progressPath) { FileSystem.remove(directory) }
  }

  /// Completes the shard and moves it to its place, behind its tokenizer where that has one.
  func finish(tokenizerPath: String? = nil) throws(InputError) {
    progress.bytes = place.bytes
    if isOpen {
      // The end of the corpus ends its last document.
      var end: [UInt8] = []
      TokenShardHeader.append(UInt64(progress.tokens), width: 8, to: &end)
      try documents.write(end)
      progress.documents += 1
      isOpen = false
    }
    guard progress.tokens > 0 else {
      FileSystem.remove(directory)
      throw InputError(
        .badData, output, found: "no tokens in the whole corpus", expected: "text",
        remedy: "Check the inputs and the tokenizer")
    }
    let header = TokenShardHeader(
      width: width, tokenCount: progress.tokens, documentCount: progress.documents,
      vocabularySize: tokenizer.vocabularySize, fingerprint: fingerprint, reading: reading)
    try ids.write([UInt8](repeating: 0, count: header.padding))
    let ends = try InputFile(path: directory + "/documents")
    for start in stride(from: 0, to: ends.size, by: 1 << 20) {
      try ids.write(ends.read(min(1 << 20, ends.size - start), at: start))
    }
    try ids.write(header.bytes, at: 0)
    try ids.synchronize()
    if let tokenizerPath {
      try AtomicReplacement.writeFile(tokenizerPath, text: tokenizer.tokenizerJSON())
    }
    try FileSystem.move(directory + "/ids", to: output)
    try FileSystem.synchronize(FileSystem.folder(of: output))
    FileSystem.remove(directory)
  }
}
