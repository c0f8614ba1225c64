/// How documents become rows of equal length.
public enum Packing: Sendable, Equatable {
  /// All text in a row, cut every L tokens, with nothing inserted but a newline after each line.
  case plain
  /// The official `wrap`: each document followed by [EOS], all of them cut into pieces of L − 2
  /// tokens, and each piece framed by [BOS] and [EOS].
  ///
  /// - separated: Whether [EOS] follows each document (the `insert_valid_eos` of later code).
  /// - groupSize: Documents that are packed by themselves, dropping what does not fill a row; the
  ///   official code packs 1,000 at a time. Nil packs all together.
  case wrapped(separated: Bool = true, groupSize: Int? = nil)
  /// One row for each document, cut or padded on the right to L; `framed` puts it between [BOS] and
  /// [EOS], which a cut keeps.
  case rowPerDocument(framed: Bool)

  /// The packing that `data.wrap`, `data.insert_bos_eos` and `data.group_size` ask for.
  public init(wrap: Bool, insertBOSEOS: Bool, groupSize: Int? = nil) {
    self =
      switch (wrap, insertBOSEOS) {
      case (true, false): .plain
      case (true, true): .wrapped(groupSize: groupSize)
      case (false, let framed): .rowPerDocument(framed: framed)
      }
  }

  /// The special tokens that it inserts.
  public var specials: Set<SpecialToken> {
    switch self {
    case .plain: []
    case .wrapped: [.begin, .end]
    case .rowPerDocument(let framed): framed ? [.begin, .end, .padding] : [.padding]
    }
  }

  /// The tokens of a row that are no text.
  var frameSize: Int { specials.contains(.begin) ? 2 : 0 }
}

/// Packs a whole corpus into rows.
public struct SequencePacker: Sendable {
  /// Rows and what did not fit into them.
  public struct Result: Sendable {
    public let rows: TokenRows
    /// Tokens of text that are in no row, or behind the cut of documents that are too long.
    public let droppedTokens: Int
    /// Documents that were cut to fit a row.
    public let truncatedDocuments: Int
  }

  private let tokenizer: any Tokenizer
  private let packing: Packing
  private let length: Int

  /// Makes a packer for rows of `length` tokens.
  ///
  /// - Parameters:
  ///   - tokenizer: It must have the special tokens of the packing.
  ///   - packing: How documents become rows.
  ///   - length: Tokens in a row (`model.length`).
  /// - Throws: ``InputError`` where a special token is missing or a row has no room for text.
  public init(
    tokenizer: any Tokenizer, packing: Packing, length: Int
  ) throws(InputError) {
    guard length > packing.frameSize else {
      throw InputError(
        .badConfiguration, "model.length", found: "\(length)",
        expected: "at least \(packing.frameSize + 1)"
          + (packing.frameSize > 0
            ? ", since every row begins with [BOS] and ends with [EOS]" : ""),
        remedy: "Raise it")
    }
    for special in SpecialToken.allCases where packing.specials.contains(special) {
      guard tokenizer.id(of: special) != nil else {
        throw InputError(
          .badConfiguration, "data.tokenizer_name_or_path",
          found: "a tokenizer without \(special.rawValue)",
          expected: "one that has it, since the rows are packed with it",
          remedy: "Set data.wrap to true and data.insert_bos_eos to false, or use another tokenizer"
        )
      }
    }
    self.tokenizer = tokenizer
    self.packing = packing
    self.length = length
  }

  /// Packs all texts of `corpus`.
  ///
  /// - Parameter corpus: Documents, or the pieces of one stream.
  /// - Returns: Rows, perhaps none, with the characters and bytes of text in them.
  /// - Throws: ``InputError`` where the text has characters outside the vocabulary, or names the mask.
  public func pack(_ corpus: TextCorpus) throws(InputError) -> Result {
    var tokens: [Int32] = []
    var ends: [Int] = []
    ends.reserveCapacity(corpus.texts.count)
    let encoder = DataEncoder(tokenizer)
    for text in corpus.texts {
      try encoder.append(text, to: &tokens)
      ends.append(tokens.count)
    }
    let store = TokenStore.memory(tokens)
    let documents = TokenizedDocuments(store: store, ends: corpus.documentEnds.map { ends[$0 - 1] })
    // Lines that are packed plain keep their line ends.
    let lineEnd = packing == .plain && corpus.documents == .lines ? Self.lineEndText : nil
    let separator = lineEnd == nil ? nil : try self.lineEnd
    let result = pack(documents, separator: separator)
    let covered = coveredText(
      corpus, documents, pieces: TokenizedDocuments(store: store, ends: ends), lineEnd: lineEnd,
      separatorSize: separator?.count ?? self.separator.count)
    return Result(
      rows: result.rows.holding(characters: covered.characters, bytes: covered.bytes),
      droppedTokens: result.droppedTokens, truncatedDocuments: result.truncatedDocuments)
  }

  /// Packs documents that are tokenized already.
  func pack(_ documents: TokenizedDocuments, separator: [Int32]? = nil) -> Result {
    if case .rowPerDocument = packing { return packSeparately(documents) }
    let groupSize: Int? = if case .wrapped(_, let size) = packing { size } else { nil }
    let joined = JoinedDocuments(
      documents, separator: separator ?? self.separator, frame: frame, length: length,
      groupSize: groupSize)
    return Result(
      rows: TokenRows(length: length, count: joined.rowCount, layout: .joined(joined)),
      droppedTokens: joined.droppedTokens, truncatedDocuments: 0)
  }

  private func packSeparately(_ documents: TokenizedDocuments) -> Result {
    let padded = PaddedDocuments(
      documents: documents, frame: frame, padding: tokenizer.paddingID ?? tokenizer.maskID,
      length: length)
    var (dropped, truncated) = (0, 0)
    for index in documents.ends.indices {
      let excess = documents.range(of: index).count - padded.keptCount(of: index)
      dropped += excess
      truncated += excess > 0 ? 1 : 0
    }
    return Result(
      rows: TokenRows(length: length, count: documents.ends.count, layout: .perDocument(padded)),
      droppedTokens: dropped, truncatedDocuments: truncated)
  }

  private static let lineEndText = SourceText(
    [0x0A], name: "the line ends (data.documents lines)", line: nil)

  /// What lines that are packed plain end with.
  var lineEnd: [Int32] {
    get throws(InputError) { try tokenizer.encode(Self.lineEndText) }
  }

  /// What follows each document.
  private var separator: [Int32] {
    guard case .wrapped(separated: true, _) = packing else { return [] }
    return [tokenizer.separatorID].compactMap(\.self)
  }

  private var frame: RowFrame {
    guard packing.frameSize > 0 else { return RowFrame() }
    let isWrapped = if case .wrapped = packing { true } else { false }
    let end = isWrapped ? tokenizer.separatorID : tokenizer.endID
    return RowFrame(
      begin: [tokenizer.beginID].compactMap(\.self), end: [end].compactMap(\.self))
  }
}

// MARK: - Text in the rows

extension SequencePacker {
  /// Counts the characters and bytes of the texts that made it into rows.
  private func coveredText(
    _ corpus: TextCorpus, _ documents: TokenizedDocuments, pieces: TokenizedDocuments,
    lineEnd: SourceText?, separatorSize: Int
  ) -> CoveredText {
    var covered = CoveredText()
    /// Counts what the first `kept` tokens of a document stand for.
    func add(_ document: Int, kept: Int) {
      var room = kept
      for piece in corpus.pieces(of: document) {
        let count = pieces.range(of: piece).count
        covered.add(corpus.texts[piece], tokens: min(count, room), of: count, by: tokenizer)
        room -= count
        if room <= 0 { break }
      }
    }
    if case .rowPerDocument = packing {
      for document in documents.ends.indices {
        add(document, kept: min(documents.range(of: document).count, length - frame.size))
      }
      return covered
    }
    let body = length - frame.size
    let groupSize: Int? = if case .wrapped(_, let size) = packing { size } else { nil }
    let size = groupSize ?? max(documents.ends.count, 1)
    for first in stride(from: 0, to: documents.ends.count, by: size) {
      let group = first..<min(first + size, documents.ends.count)
      let total = group.reduce(0) { $0 + documents.range(of: $1).count + separatorSize }
      var room = total / body * body
      for document in group where room > 0 {
        let count = documents.range(of: document).count
        add(document, kept: min(count, room))
        if let lineEnd, room >= count + separatorSize { covered.add(lineEnd) }
        room -= count + separatorSize
      }
    }
    return covered
  }
}

/// Characters and bytes of text that made it into rows.
private struct CoveredText {
  var characters = 0
  var bytes = 0

  mutating func add(_ text: SourceText) {
    characters += text.characterCount
    bytes += text.bytes.count
  }

  /// Adds what the first `kept` of the text's `count` tokens stand for.
  mutating func add(
    _ text: SourceText, tokens kept: Int, of count: Int, by tokenizer: any Tokenizer
  ) {
    guard kept < count else { return add(text) }
    let part = text.bytes.prefix(tokenizer.byteCount(of: text, tokens: kept))
    characters += SourceText.characterCount(of: part)
    bytes += part.count
  }
}
