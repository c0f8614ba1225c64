/// The tokenizer of a llama2.c network: SentencePiece's BPE by greatest score.
///
/// A text is taken with a space put in front of it, one token for each character that is in the
/// vocabulary and one for each byte of any other. Then the two neighbours whose joint text is the
/// token of the greatest score are joined, of equal ones the leftmost, until there are no more.
struct LlamaTokenizer: Sendable {
  /// The token that opens a text.
  static let beginID: Int32 = 1
  /// The token of the byte 0.
  private static let firstByteID: Int32 = 3
  /// Ids that are no text: unknown, begin, end, and the 256 bytes.
  static let reservedCount = Int(firstByteID) + 256

  let vocabularySize: Int
  /// The text of every token; empty for those that are no text.
  private let pieces: ByteStrings
  private let index: ByteStringIndex
  /// The place of every token's score among all scores, the greatest first; equal ones share it.
  private let ranks: [UInt32]

  /// Makes the tokenizer.
  ///
  /// - Parameters:
  ///   - tokens: The text of every token by its id, at least ``reservedCount``.
  ///   - scores: The score of every token, finite.
  init(tokens: ByteStrings, scores: [Float]) {
    require(
      tokens.count == scores.count && tokens.count >= Self.reservedCount,
      "[LlamaTokenizer] \(tokens.count) tokens, \(scores.count) scores")
    vocabularySize = tokens.count
    var pieces = ByteStrings()
    for id in 0..<tokens.count { pieces.append(id < Self.reservedCount ? [] : tokens[id]) }
    self.pieces = pieces
    index = ByteStringIndex(pieces)
    let order = Set(scores).sorted(by: >)
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, UInt32($0)) })
    ranks = scores.map { places[$0] ?? 0 }
  }

  /// Returns the ids of `text`, without any that opens or ends it.
  func encode(_ text: String) -> [Int32] {
    if text.isEmpty { return [] }
    let bytes = [UInt8(ascii: " ")] + text.utf8
    var parts: [Part] = []
    parts.reserveCapacity(bytes.count)
    var start = 0
    while start < bytes.count {
      let end = bytes[(start + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
      if let id = id(of: bytes[start..<end]) {
        parts.append(Part(id: id, bytes: start..<end))
      } else {
        for place in start..<end {
          let id = Self.firstByteID + Int32(bytes[place])
          parts.append(Part(id: id, bytes: place..<place + 1))
        }
      }
      start = end
    }
    join(&parts, of: bytes)
    return parts.filter { !$0.bytes.isEmpty }.map(\.id)
  }

  /// A token and the bytes of the text that it stands for; none once it is part of another.
  private struct Part {
    var id: Int32
    var bytes: Range<Int>
  }

  private func id(of piece: ArraySlice<UInt8>) -> Int32? {
    piece.withUnsafeBufferPointer { index.number(of: $0, in: pieces) }
  }

  /// Joins neighbours until none make a token, in O(n log n).
  private func join(_ parts: inout [Part], of bytes: [UInt8]) {
    let count = parts.count
    var next = Array(1...count)
    var previous = Array(-1..<count - 1)
    /// The rank of the join with the right neighbour above the id of the result.
    func candidate(_ left: Int, _ right: Int) -> UInt64 {
      // The bytes of a character outside the vocabulary join with nothing.
      guard right < count, parts[left].id >= Self.reservedCount,
        parts[right].id >= Self.reservedCount,
        let id = id(of: bytes[parts[left].bytes.lowerBound..<parts[right].bytes.upperBound])
      else { return MergeTable.none }
      return UInt64(ranks[Int(id)]) << 32 | UInt64(id)
    }
    var joins = (0..<count).map { candidate($0, $0 + 1) }
    var queue = MergeQueue(
      joins.indices.lazy.filter { joins[$0] != MergeTable.none }
        .map { MergeQueue.Entry(rankAndID: joins[$0], place: $0) })
    while let entry = queue.pop() {
      let (place, right) = (entry.place, next[entry.place])
      // The pair may have changed since it was queued.
      guard joins[place] == entry.rankAndID else { continue }
      parts[place] = Part(
        id: MergeTable.id(entry.rankAndID),
        bytes: parts[place].bytes.lowerBound..<parts[right].bytes.upperBound)
      parts[right].bytes = 0..<0
      joins[right] = MergeTable.none
      next[place] = next[right]
      if next[right] < count { previous[next[right]] = place }
      for left in [previous[place], place] where left >= 0 {
        joins[left] = candidate(left, next[left])
        if joins[left] != MergeTable.none {
          queue.push(MergeQueue.Entry(rankAndID: joins[left], place: left))
        }
      }
    }
  }
}
