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
}
