/// Rows of equally many tokens: what a model trains on and is measured on.
///
/// - Shapes: `tokens` is `[count, length]`, row-major.
public struct TokenRows: Sendable, Equatable {
  /// Tokens in a row, the network's `length`.
  public let length: Int
  /// Token ids, `count × length`.
  public let tokens: [Int32]
  /// Tokens in each row before its padding starts, or nil where no row is padded.
  ///
  /// Padded positions are noised and attended like all others; they only carry no loss.
  public let unpaddedLengths: [Int32]?
  /// Characters (Unicode scalars) of source text that the rows hold, where text is known.
  public let characters: Int?
  /// UTF-8 bytes of source text that the rows hold, where text is known.
  public let bytes: Int?

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
    self.length = length
    self.tokens = tokens
    self.unpaddedLengths = unpaddedLengths
    self.characters = characters
    self.bytes = bytes
  }

  /// The number of rows.
  public var count: Int { tokens.count / length }

  /// The tokens of row `index`.
  public func row(_ index: Int) -> ArraySlice<Int32> {
    tokens[index * length..<(index + 1) * length]
  }

  /// The number of tokens in row `index` that carry loss.
  public func unpaddedLength(of index: Int) -> Int {
    unpaddedLengths.map { Int($0[index]) } ?? length
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
    let wrong = tokens.firstIndex { !(0..<vocabularySize).contains(Int($0)) || $0 == maskID }
    guard let wrong else { return }
    let place = "at position \(wrong % length) of row \(wrong / length)"
    throw InputError(
      .badData, subject,
      found: "the id \(tokens[wrong])\(tokens[wrong] == maskID ? " of the mask" : "") \(place)",
      expected: "ids below the vocabulary's size \(vocabularySize), without the mask \(maskID)",
      remedy: "Use data and a model that were made with the same tokenizer")
  }
}
