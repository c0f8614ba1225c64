/// Rows of equally many tokens: what a model trains on and is measured on.
///
/// Rows are put together when they are asked for, from ids in memory or in shards.
public struct TokenRows: Sendable {
  /// Tokens in a row, the network's `length`.
  public let length: Int
  /// The number of rows.
  public let count: Int
  /// Characters (Unicode scalars) of source text that the rows hold, where text is known.
  public let characters: Int?
  /// UTF-8 bytes of source text that the rows hold, where text is known.
  public let bytes: Int?
  private let layout: RowLayout

  /// Makes rows of the tokens in memory.
  ///
  /// - Parameters:
  ///   - length: Tokens in a row.
  ///   - tokens: Ids, `[count, length]`, row-major.
  ///   - unpaddedLengths: Tokens in each row before its padding starts, or nil where no row is
  ///     padded. Padded positions are noised and attended like all others; they only carry no loss.
  ///   - characters: Unicode scalars of the text in the rows, if known.
  ///   - bytes: UTF-8 bytes of the text in the rows, if known.
  public init(
    length: Int, tokens: [Int32], unpaddedLengths: [Int32]? = nil,
    characters: Int? = nil, bytes: Int? = nil
  ) {
    require(
      length > 0 && tokens.count % length == 0,
      "[TokenRows] \(tokens.count) tokens do not fill rows of \(length)")
    require(
      unpaddedLengths.map { $0.count == tokens.count / length } ?? true,
      "[TokenRows] \(unpaddedLengths?.count ?? 0) unpadded lengths for \(tokens.count / length) rows"
    )
    self.init(
      length: length, count: tokens.count / length,
      layout: .consecutive(.memory(tokens), start: 0, unpaddedLengths: unpaddedLengths),
      characters: characters, bytes: bytes)
  }

  init(length: Int, count: Int, layout: RowLayout, characters: Int? = nil, bytes: Int? = nil) {
    self.length = length
    self.count = count
    self.layout = layout
    self.characters = characters
    self.bytes = bytes
  }

  /// Returns the tokens of some rows, one row after another.
  ///
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  public func tokens(of rows: some Collection<Int>) throws(InputError) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(rows.count * length)
    for row in rows { try layout.read(row, length: length, appendingTo: &tokens) }
    return tokens
  }

  /// The number of tokens in row `index` that carry loss.
  public func unpaddedLength(of index: Int) -> Int {
    layout.unpaddedLength(of: index) ?? length
  }

  /// Checks that a network with `vocabularySize` ids can read every token.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of ids, the mask included.
  ///   - maskID: The mask, which data must not hold: nothing could be learned from it.
  ///   - subject: Where the rows come from, for the message.
  /// - Throws: ``InputError`` that names the first id outside the vocabulary, or mask, and its row.
  public func checkIDs(
    vocabularySize: Int, maskID: Int32, subject: String
  ) throws(InputError) {
    let step = max(1, 1 << 20 / length)
    for start in stride(from: 0, to: count, by: step) {
      let tokens = try tokens(of: start..<min(start + step, count))
      let wrong = tokens.firstIndex { !(0..<vocabularySize).contains(Int($0)) || $0 == maskID }
      guard let wrong else { continue }
      let id = tokens[wrong]
      throw InputError(
        .badData, subject,
        found: "the id \(id)\(id == maskID ? " of the mask" : "") at position "
          + "\(wrong % length) of row \(start + wrong / length)",
        expected: "ids below the vocabulary's size \(vocabularySize), without the mask \(maskID)",
        remedy: "Use data and a model that were made with the same tokenizer")
    }
  }
}

extension TokenRows {
  /// The same rows, with what is known of their text.
  func holding(characters: Int, bytes: Int) -> TokenRows {
    TokenRows(length: length, count: count, layout: layout, characters: characters, bytes: bytes)
  }
}

extension TokenRows {
  /// How many tokens of the rows are `id`.
  func count(of id: Int32) throws(InputError) -> Int {
    var count = 0
    let step = max(1, 1 << 20 / length)
    for start in stride(from: 0, to: self.count, by: step) {
      count += try tokens(of: start..<min(start + step, self.count)).count { $0 == id }
    }
    return count
  }
}

extension TokenRows {
  /// The SHA-256 of the rows: for each its unpadded length and its tokens, as little-endian int32.
  ///
  /// Rows that are equal have the same fingerprint, whatever files they were made from.
  ///
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  public func fingerprint() throws(InputError) -> String {
    var digest = SHA256()
    for row in 0..<count { try add(row, to: &digest) }
    return digest.finish()
  }

  /// Adds the unpadded length of a row and its tokens to a digest.
  func add(_ row: Int, to digest: inout SHA256) throws(InputError) {
    let values = [Int32(unpaddedLength(of: row))] + (try tokens(of: CollectionOfOne(row)))
    values.map(\.littleEndian).withUnsafeBytes { digest.update($0) }
  }
}
