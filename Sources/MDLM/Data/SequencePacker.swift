/// How documents become rows of equal length.
public enum Packing: Sendable, Equatable {
  /// All text in a row, cut every L tokens, with nothing inserted but a newline after each line.
  case plain
  /// The official `wrap`: each document followed by [EOS], all of them cut into pieces of L − 2
  /// tokens, and each piece framed by [BOS] and [EOS].
  case wrapped
  /// One row for each document, cut or padded on the right to L; `framed` puts it between [BOS] and
  /// [EOS], which a cut keeps.
  case rowPerDocument(framed: Bool)

  /// The packing that `data.wrap` and `data.insert_bos_eos` ask for.
  public init(wrap: Bool, insertBOSEOS: Bool) {
    self =
      switch (wrap, insertBOSEOS) {
      case (true, false): .plain
      case (true, true): .wrapped
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
///
/// The official code packs batches of 1,000 documents for each worker process and drops the rest of
/// each, so that its data depends on the number of cores; here one remainder is dropped at the end.
public struct SequencePacker: Sendable {
  /// Rows and what did not fit into them.
  public struct Result: Sendable {
    public let rows: TokenRows
    /// Tokens of text behind the last row, or behind the cut of documents that are too long.
    public let droppedTokens: Int
    /// Documents that were cut to fit a row.
    public let truncatedDocuments: Int
  }

  private let tokenizer: any Tokenizer
  private let packing: Packing
  private let length: Int
  private let begin: [Int32]
  private let end: [Int32]
  private let padding: Int32

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
    let isFramed = packing.frameSize > 0
    self.tokenizer = tokenizer
    self.packing = packing
    self.length = length
    begin = isFramed ? [tokenizer.beginID].compactMap(\.self) : []
    end = isFramed ? [tokenizer.endID].compactMap(\.self) : []
    padding = tokenizer.paddingID ?? tokenizer.maskID
  }

  /// Packs all texts of `corpus`.
  ///
  /// - Parameter corpus: Documents, or the pieces of one stream.
  /// - Returns: Rows, perhaps none, with the characters and bytes of text in them.
  /// - Throws: ``InputError`` where the text has characters outside the vocabulary.
  public func pack(_ corpus: TextCorpus) throws(InputError) -> Result {
    switch packing {
    case .plain, .wrapped: try packStream(corpus)
    case .rowPerDocument: try packDocuments(corpus)
    }
  }

  private func packStream(_ corpus: TextCorpus) throws(InputError) -> Result {
    // A stream is one document, which ends once; lines that are packed plain keep their line ends.
    let isStream = corpus.documents == .stream
    let lineEnd: SourceText? =
      packing == .plain && !isStream
      ? SourceText([0x0A], name: "the line ends (data.documents lines)", line: nil) : nil
    let separator =
      if let lineEnd { try tokenizer.encode(lineEnd) } else if isStream { [Int32]() } else { end }
    var tokens: [Int32] = []
    var counts: [Int] = []
    counts.reserveCapacity(corpus.texts.count)
    for text in corpus.texts {
      let ids = try tokenizer.encode(text)
      counts.append(ids.count)
      tokens += ids
      tokens += separator
    }
    if isStream { tokens += end }

    let body = length - packing.frameSize
    let rowCount = tokens.count / body
    let kept = rowCount * body
    var covered = CoveredText()
    var room = kept
    for (text, count) in zip(corpus.texts, counts) where room > 0 {
      covered.add(text, tokens: min(count, room), of: count, by: tokenizer)
      if let lineEnd, room >= count + separator.count { covered.add(lineEnd) }
      room -= count + separator.count
    }
    return Result(
      rows: TokenRows(
        length: length, tokens: framed(tokens, body: body, rowCount: rowCount),
        characters: covered.characters, bytes: covered.bytes),
      droppedTokens: tokens.count - kept, truncatedDocuments: 0)
  }

  /// Puts [BOS] and [EOS] around every piece of `body` tokens, where the packing has them.
  private func framed(_ tokens: [Int32], body: Int, rowCount: Int) -> [Int32] {
    guard packing == .wrapped else { return Array(tokens.prefix(rowCount * body)) }
    var rows: [Int32] = []
    rows.reserveCapacity(rowCount * length)
    for start in stride(from: 0, to: rowCount * body, by: body) {
      rows += begin
      rows += tokens[start..<start + body]
      rows += end
    }
    return rows
  }

  private func packDocuments(_ corpus: TextCorpus) throws(InputError) -> Result {
    let body = length - packing.frameSize
    var rows: [Int32] = []
    rows.reserveCapacity(corpus.texts.count * length)
    var unpaddedLengths: [Int32] = []
    var covered = CoveredText()
    var (dropped, truncated) = (0, 0)
    for text in corpus.texts {
      let ids = try tokenizer.encode(text)
      let kept = min(ids.count, body)
      let row = begin + ids.prefix(kept) + end
      rows += row
      rows += repeatElement(padding, count: length - row.count)
      unpaddedLengths.append(Int32(row.count))
      covered.add(text, tokens: kept, of: ids.count, by: tokenizer)
      dropped += ids.count - kept
      truncated += kept < ids.count ? 1 : 0
    }
    return Result(
      rows: TokenRows(
        length: length, tokens: rows, unpaddedLengths: unpaddedLengths,
        characters: covered.characters, bytes: covered.bytes),
      droppedTokens: dropped, truncatedDocuments: truncated)
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
