/// Reads the documents of one file, or of standard input, block by block.
///
/// Memory holds a block, not the file: a document that is longer comes in several pieces, cut where
/// no tokenizer would join what stands on both sides. What the pieces are depends on the file alone.
struct DocumentReader {
  /// A place between two blocks, from which reading can go on another day.
  struct Position: Equatable, Sendable {
    /// Bytes of the unpacked file before it.
    var offset = 0
    /// The line that it is in, from 1.
    var line = 1
    /// Whether a document has begun before it and not ended.
    var isInDocument = false
    /// Whether it is in the middle of a line.
    var isInLine = false
    /// The last bytes before it, which tell whether the file is still the same.
    var tail = Tail()
  }

  /// A few bytes of a file, by which they are known again.
  struct Tail: Equatable, Sendable {
    var count = 0
    var digest = ""

    static let mostBytes = 4096

    init(count: Int = 0, digest: String = "") {
      self.count = count
      self.digest = digest
    }

    /// Takes the last bytes of `block`.
    init(of block: ArraySlice<UInt8>) {
      let last = block.suffix(Self.mostBytes)
      self.init(count: last.count, digest: SHA256.digest(of: last))
    }
  }

  /// Where the next block begins.
  private(set) var position: Position
  private let stream: ByteStream
  private let reading: TextReading
  private let format: DataFormat
  /// What has been read behind ``position`` and not been handed out.
  private var buffer: [UInt8] = []
  /// Bytes of ``buffer`` that may be handed out next; so blocks depend on where they begin alone.
  private var window: Int
  /// Bytes of ``buffer`` in which there is no place to cut.
  private var searched = 0
  /// Where in a record the next byte to search stands (CSV).
  private var csvState = CSVParser.State.columnStart
  private var isAtEnd = false
  /// Whether the block at work is the last one.
  private var isLast = false
  private var hasDocuments: Bool

  private let limits: Limits

  /// How much is held at once; tests choose little.
  struct Limits: Sendable {
    /// Bytes that are read at once.
    var block = 1 << 20
    /// Bytes after which a document without any good place to cut is cut anywhere.
    var piece = 1 << 24
    /// Bytes that a line may have where it must be held whole.
    var line = 1 << 28
    /// Lines of a block: many short ones take far more memory than their bytes.
    var lines = 1 << 14
  }

  /// Whether what is read are the bytes of the file themselves.
  var isUnpacked: Bool { !stream.isGzip }

  /// Opens the file at `path`, `-` for standard input.
  ///
  /// - Throws: ``InputError`` where it cannot be read or ends before `position`.
  init(
    path: String, reading: TextReading, from position: Position = Position(),
    limits: Limits = Limits()
  ) throws(InputError) {
    stream = try ByteStream(path: path)
    self.reading = reading
    self.position = position
    self.limits = limits
    window = limits.block
    format = reading.format(of: path)
    hasDocuments = position.offset > 0
    if position.offset > 0 { try findPlace() }
  }

  /// Passes over what was read before, and checks that it ends as it did.
  private func findPlace() throws(InputError) {
    let tail = position.tail
    var found = "its end before byte \(position.offset)"
    // A record may be damaged: no room is made for a tail that none has.
    if tail.count <= min(position.offset, Tail.mostBytes),
      try stream.skip(position.offset - tail.count)
    {
      var bytes: [UInt8] = []
      while bytes.count < tail.count,
        try stream.read(tail.count - bytes.count, appendingTo: &bytes) > 0
      {}
      if Tail(of: bytes[...]) == tail { return }
      if bytes.count == tail.count { found = "other text before byte \(position.offset)" }
    }
    throw InputError(
      .badData, stream.name, found: found, expected: "the text that was read that far before",
      remedy: "Bring it back, or begin again: remove the directory NAME.bin.partial")
  }

  /// Returns the pieces of the next block, or nil at the end of the file.
  ///
  /// - Throws: ``InputError`` where the file cannot be read, is empty or malformed.
  mutating func next() throws(InputError) -> [TextPiece]? {
    while true {
      try fill()
      if buffer.isEmpty {
        try checkHasDocuments()
        return nil
      }
      guard let cut = try cut() else { continue }
      let pieces = try take(cut)
      if !pieces.isEmpty {
        hasDocuments = true
        return pieces
      }
    }
  }

  private mutating func fill() throws(InputError) {
    // One byte more tells whether the file goes on.
    while !isAtEnd, buffer.count <= window {
      isAtEnd = try stream.read(limits.block, appendingTo: &buffer) == 0
      guard position.offset == 0 else { continue }
      if buffer.starts(with: SourceText.byteOrderMark) {
        buffer.removeFirst(SourceText.byteOrderMark.count)
        position.offset = SourceText.byteOrderMark.count
      } else if buffer.starts(with: ByteStream.gzipMagic) {
        // Files are unpacked; what comes through a pipe cannot be looked at before.
        throw InputError(
          .badData, stream.name, found: "gzip data", expected: "text",
          remedy: "Unpack it in front of the pipe (zcat), or name the file itself")
      }
    }
  }

  /// Refuses a file without any document.
  private func checkHasDocuments() throws(InputError) {
    guard !hasDocuments else { return }
    let (found, expected) =
      switch format {
      case _ where position.offset <= SourceText.byteOrderMark.count && position.line == 1:
        ("an empty file", "text")
      case .fasta: ("no sequence", "lines of bases behind a line that begins with >")
      case .jsonLines: ("only blank lines", "one JSON object a line")
      default: ("only blank lines", "text")
      }
    throw InputError(
      .badData, stream.name, found: found, expected: expected,
      remedy: "Give a file with text in it")
  }
}

// MARK: - Where to cut

extension DocumentReader {
  /// Whether the bytes that may be handed out are all there are.
  private var reachesEnd: Bool { buffer.count <= window }

  private static let newline = UInt8(ascii: "\n")

  /// The end of the bytes to hand out, or nil where more must be read first.
  private mutating func cut() throws(InputError) -> Int? {
    let isStream = format == .text && reading.documents == .stream
    if isStream {
      if reachesEnd { return buffer.count }
      if let cut = wordEnd() { return cut }
    } else if let cut = reachesEnd ? buffer.count : lineEnd() {
      return endOfLines(upTo: cut)
    }
    searched = window
    window += limits.block
    let mayCutLines =
      format == .fasta
      || format == .text && reading.detokenizer == .none && reading.lineEnds == .dropped
    if mayCutLines, searched >= limits.piece {
      try checkNoHeader()
      return format == .fasta ? searched : wordEnd(from: 1) ?? scalarEnd()
    }
    guard searched < limits.line else {
      throw InputError(
        .badData, "\(stream.name):\(position.line)",
        found: "a line of more than \(limits.line >> 20) MiB",
        expected: "documents that are shorter", remedy: "Cut it into several lines")
    }
    return nil
  }

  /// Behind the last end of a line, or of a record.
  private mutating func lineEnd() -> Int? {
    guard format == .csv else {
      return buffer[searched..<window].lastIndex(of: Self.newline).map { $0 + 1 }
    }
    var last: Int?
    for index in searched..<window where csvState.take(buffer[index]) == .recordEnd {
      last = index + 1
    }
    return last
  }

  /// Behind so many lines as a block may have, or `end` where there are not more.
  private func endOfLines(upTo end: Int) -> Int {
    var (state, lines) = (CSVParser.State.columnStart, 0)
    return buffer.withUnsafeBufferPointer { buffer in
      for index in 0..<end {
        let ends =
          format == .csv
          ? state.take(buffer[index]) == .recordEnd : buffer[index] == Self.newline
        lines &+= ends ? 1 : 0
        if lines == limits.lines { return index + 1 }
      }
      return end
    }
  }

  /// Refuses to cut the line that tells the name of a sequence: its rest would read as bases.
  private func checkNoHeader() throws(InputError) {
    guard format == .fasta, !position.isInLine, buffer.first == UInt8(ascii: ">") else { return }
    throw InputError(
      .badData, "\(stream.name):\(position.line)",
      found: "a header of more than \(limits.piece >> 20) MiB", expected: "the name of a sequence",
      remedy: "Check that this is a FASTA file")
  }

  /// Before the last space that follows an ASCII letter or digit, or else before such a line end.
  ///
  /// Tokenizers that join characters at all end a token there, whatever follows. (Some put a space
  /// before text that begins with none, so a space is the better place.)
  private func wordEnd(from start: Int? = nil) -> Int? {
    let range = max(start ?? searched, 1)..<max(start == nil ? window : searched, 1)
    return [0x20, Self.newline].lazy.compactMap { end in
      range.last { index in
        guard buffer[index] == end else { return false }
        return switch buffer[index - 1] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
      }
    }.first
  }

  /// The end of the last whole character.
  private func scalarEnd() -> Int? {
    let start = buffer[..<searched].lastIndex { $0 & 0xC0 != 0x80 } ?? 0
    return start > 0 ? start : searched
  }
}

// MARK: - What a block holds

extension DocumentReader {
  /// Takes the bytes before `end` out of the buffer and returns the pieces of text in them.
  private mutating func take(_ end: Int) throws(InputError) -> [TextPiece] {
    let block = buffer[..<end]
    let start = position
    isLast = end == buffer.count && reachesEnd
    buffer = Array(buffer[end...])
    window = limits.block
    searched = 0
    csvState = .columnStart
    let text = SourceText(
      block, name: stream.name, line: start.line, byteOffset: start.offset)
    try text.checkCharacters()
    let pieces = try pieces(of: text)
    position.offset += end
    position.tail = Tail(of: block)
    position.line += block.count { $0 == Self.newline }
    position.isInLine = block.last != Self.newline
    return pieces
  }

  private mutating func pieces(of text: SourceText) throws(InputError) -> [TextPiece] {
    switch format {
    case .text where reading.documents == .stream:
      let end = isLast ? text.endWithoutLineEnd : text.bytes.endIndex
      position.isInDocument = true
      return [
        TextPiece(text: text.part(from: text.bytes.startIndex, to: end), endsDocument: false)
      ]
    case .text, .shard: return lines(of: text)
    case .fasta: return sequences(in: text)
    case .jsonLines: return try records(of: text)
    case .csv: return try rows(of: text)
    }
  }

  private mutating func lines(of text: SourceText) -> [TextPiece] {
    var pieces: [TextPiece] = []
    text.forEachLine { line, hasEnd in
      var piece =
        switch reading.lineEnds {
        case .dropped: line
        case .kept where line.trimmed.bytes.isEmpty: line.replacing([])
        case .kept: hasEnd ? line.replacing(line.bytes + [Self.newline]) : line
        case .trimmed: line.trimmed
        }
      if reading.detokenizer != .none {
        piece = piece.replacing(reading.detokenizer.detokenized(piece.bytes))
      }
      pieces.append(TextPiece(text: piece, endsDocument: hasEnd || isLast))
    }
    position.isInDocument = !(pieces.last?.endsDocument ?? true)
    return pieces
  }

  private mutating func sequences(in text: SourceText) -> [TextPiece] {
    var pieces: [TextPiece] = []
    var bases: [UInt8] = []
    func flush(_ ends: Bool) {
      // Offsets in a sequence are not the file's: its lines are joined.
      let name = "\(text.name) (a sequence)"
      pieces.append(
        TextPiece(
          text: SourceText(bases[...], name: name, line: nil),
          endsDocument: ends && reading.documents == .lines))
      bases = []
    }
    var isInLine = position.isInLine
    text.forEachLine { line, _ in
      if !isInLine, line.bytes.first == UInt8(ascii: ">") {
        if position.isInDocument { flush(true) }
        position.isInDocument = false
      } else if !line.bytes.isEmpty {
        bases += line.bytes
        position.isInDocument = true
      }
      isInLine = false
    }
    if position.isInDocument, isLast || !bases.isEmpty { flush(isLast) }
    if isLast { position.isInDocument = false }
    return pieces
  }

  private func records(of text: SourceText) throws(InputError) -> [TextPiece] {
    let space: Set<UInt8> = [0x20, 0x09, 0x0D]
    var lines: [SourceText] = []
    text.forEachLine { line, _ in
      if !line.bytes.allSatisfy(space.contains) { lines.append(line) }
    }
    var pieces: [TextPiece] = []
    for line in lines {
      let number = line.line ?? 1
      let record = try JSONValue(parsing: line.bytes, name: text.name, line: number)
      let value = record[reading.textKey]
      guard let content = value?.string ?? value?.lines else {
        throw InputError(
          .badData, "\(text.name):\(number)",
          found: value.map { "\($0.summary) under '\(reading.textKey)'" }
            ?? "no '\(reading.textKey)' key",
          expected: "an object whose '\(reading.textKey)' is a string or a list of them",
          remedy: "Give every line its text under '\(reading.textKey)'")
      }
      guard !content.utf8.contains(0) else {
        throw InputError(
          .badData, "\(text.name):\(number)", found: "a NUL character under '\(reading.textKey)'",
          expected: "text", remedy: "Remove it")
      }
      pieces.append(
        piece(Array(content.utf8), name: "\(text.name):\(number): \(reading.textKey)"))
    }
    return pieces
  }

  private func rows(of text: SourceText) throws(InputError) -> [TextPiece] {
    var pieces: [TextPiece] = []
    var parser = CSVParser(text)
    while let row = try parser.next() {
      guard row.count > 1 else {
        throw text.mistake(
          at: parser.start, found: "a record of one column",
          expected: "a label and at least one column of text",
          remedy: "Give comma-separated records, quoted where they contain commas")
      }
      pieces.append(
        piece(
          Array(row.dropFirst().joined(separator: [UInt8(ascii: " ")])),
          name: "\(text.name): a record"))
    }
    return pieces
  }

  /// A document whose offsets are not the file's.
  private func piece(_ bytes: [UInt8], name: String) -> TextPiece {
    TextPiece(
      text: SourceText(reading.detokenizer.detokenized(bytes[...])[...], name: name, line: nil),
      endsDocument: reading.documents == .lines)
  }
}

extension JSONValue {
  /// The strings of a list as lines, as the corpora of papers hold an article's sentences.
  fileprivate var lines: String? {
    guard case .array(let elements) = self else { return nil }
    let lines = elements.compactMap(\.string)
    return lines.count == elements.count ? lines.joined(separator: "\n") : nil
  }
}
