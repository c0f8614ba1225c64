/// Where the tokens of a row come from.
enum RowLayout: Sendable {
  /// Rows follow one another in the store, from `start` on.
  case consecutive(TokenStore, start: Int, unpaddedLengths: [Int32]?)
  /// Rows are cut from documents that are joined.
  case joined(JoinedDocuments)
  /// Every document has a row of its own.
  case perDocument(PaddedDocuments)

  func read(
    _ row: Int, length: Int, appendingTo tokens: inout [Int32]
  ) throws(InputError) {
    switch self {
    case .consecutive(let store, let start, _):
      try store.read(start + row * length..<start + (row + 1) * length, appendingTo: &tokens)
    case .joined(let documents): try documents.read(row, appendingTo: &tokens)
    case .perDocument(let documents): try documents.read(row, appendingTo: &tokens)
    }
  }

  /// Tokens of a row before its padding, or nil where rows are not padded.
  func unpaddedLength(of row: Int) -> Int? {
    switch self {
    case .consecutive(_, _, let lengths): lengths.map { Int($0[row]) }
    case .joined: nil
    case .perDocument(let documents): documents.unpaddedLength(of: row)
    }
  }
}

/// The tokens that packing puts around a row.
struct RowFrame: Sendable {
  var begin: [Int32] = []
  var end: [Int32] = []

  var size: Int { begin.count + end.count }
}

/// Documents one after another, each with a separator behind it, cut into rows.
struct JoinedDocuments: Sendable {
  /// Documents that are packed by themselves; what does not fill a row at their end is dropped.
  struct Group: Sendable {
    let firstRow: Int
    let firstDocument: Int
    /// Tokens of its documents and their separators.
    let tokenCount: Int
  }

  let documents: TokenizedDocuments
  let separator: [Int32]
  let frame: RowFrame
  /// Tokens of a row without its frame.
  let body: Int
  let groups: [Group]
  let rowCount: Int

  /// - Parameters:
  ///   - documents: What to join.
  ///   - separator: What follows each document.
  ///   - frame: What opens and closes each row.
  ///   - length: Tokens in a row, its frame included.
  ///   - groupSize: Documents that are packed by themselves; nil packs all of them together.
  init(
    _ documents: TokenizedDocuments, separator: [Int32], frame: RowFrame, length: Int,
    groupSize: Int?
  ) {
    self.documents = documents
    self.separator = separator
    self.frame = frame
    body = length - frame.size
    var groups: [Group] = []
    var rows = 0
    let count = documents.ends.count
    let size = groupSize ?? max(count, 1)
    for first in stride(from: 0, to: count, by: size) {
      let next = min(first + size, count)
      let tokens =
        documents.range(of: next - 1).upperBound - documents.range(of: first).lowerBound
        + (next - first) * separator.count
      groups.append(Group(firstRow: rows, firstDocument: first, tokenCount: tokens))
      rows += tokens / body
    }
    self.groups = groups
    rowCount = rows
  }

  /// Tokens that are in no row.
  var droppedTokens: Int { groups.reduce(0) { $0 + $1.tokenCount % body } }

  func read(_ row: Int, appendingTo tokens: inout [Int32]) throws(InputError) {
    let group = groups[groups.partitionIndex { $0.firstRow > row } - 1]
    let first = group.firstDocument
    let origin = documents.range(of: first).lowerBound
    var position = (row - group.firstRow) * body
    let end = position + body
    tokens += frame.begin
    // A document ends, with its separator, behind so many tokens of the group.
    func virtualEnd(_ document: Int) -> Int {
      documents.ends[document] - origin + (document - first + 1) * separator.count
    }
    var document = (first..<documents.ends.count).partitionIndex { virtualEnd($0) > position }
    while position < end {
      let range = documents.range(of: document)
      let offset = position - (range.lowerBound - origin + (document - first) * separator.count)
      let kept = min(end - position, max(0, range.count - offset))
      if kept > 0 {
        let from = range.lowerBound + offset
        try documents.store.read(from..<from + kept, appendingTo: &tokens)
        position += kept
      }
      let rest = separator.dropFirst(max(0, offset - range.count)).prefix(end - position)
      tokens += rest
      position += rest.count
      document += 1
    }
    tokens += frame.end
  }
}

/// Documents in rows of their own, cut or padded on the right.
struct PaddedDocuments: Sendable {
  let documents: TokenizedDocuments
  let frame: RowFrame
  let padding: Int32
  let length: Int

  /// Tokens of the document in a row that are kept.
  func keptCount(of row: Int) -> Int { min(documents.range(of: row).count, length - frame.size) }

  func unpaddedLength(of row: Int) -> Int { keptCount(of: row) + frame.size }

  func read(_ row: Int, appendingTo tokens: inout [Int32]) throws(InputError) {
    let start = documents.range(of: row).lowerBound
    tokens += frame.begin
    try documents.store.read(start..<start + keptCount(of: row), appendingTo: &tokens)
    tokens += frame.end
    tokens += repeatElement(padding, count: length - unpaddedLength(of: row))
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element satisfies `isAfter`; those that do come after those that do not.
  func partitionIndex(where isAfter: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
