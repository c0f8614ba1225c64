/// Token ids one after another, in memory or in shards.
enum TokenStore: Sendable {
  case memory([Int32])
  /// Shards one after another, with the number of tokens up to the end of each.
  case shards([TokenShard], ends: [Int])

  init(_ shards: [TokenShard]) {
    var total = 0
    let ends = shards.map { shard in
      total += shard.count
      return total
    }
    self = .shards(shards, ends: ends)
  }

  /// The number of tokens.
  var count: Int {
    switch self {
    case .memory(let tokens): tokens.count
    case .shards(_, let ends): ends.last ?? 0
    }
  }

  /// Adds the tokens of `range` to the end of `tokens`.
  ///
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  func read(_ range: Range<Int>, appendingTo tokens: inout [Int32]) throws(InputError) {
    switch self {
    case .memory(let all): tokens += all[range]
    case .shards(let shards, let ends):
      var index = ends.partitionIndex { $0 > range.lowerBound }
      var start = range.lowerBound
      while start < range.upperBound {
        let first = index == 0 ? 0 : ends[index - 1]
        let end = min(range.upperBound, ends[index])
        try shards[index].read(start - first..<end - first, appendingTo: &tokens)
        start = end
        index += 1
      }
    }
  }
}

/// The ids of a corpus with the places where its documents end.
struct TokenizedDocuments: Sendable {
  let store: TokenStore
  /// Where the first document begins.
  let start: Int
  /// Where each document ends in ``store``.
  let ends: [Int]
  /// Whether ``ends`` are ends of documents; else they are one end of tokens that follow each other.
  let areKnown: Bool
  /// Whether the one document there is has no boundaries, not even a line end.
  let isStream: Bool

  init(
    store: TokenStore, start: Int = 0, ends: [Int], areKnown: Bool = true, isStream: Bool = false
  ) {
    self.store = store
    self.start = start
    self.ends = ends
    self.areKnown = areKnown
    self.isStream = isStream
  }

  /// The tokens of document `index`.
  func range(of index: Int) -> Range<Int> { (index == 0 ? start : ends[index - 1])..<ends[index] }

  /// The tokens of all documents together.
  var tokenCount: Int { (ends.last ?? start) - start }

  /// Some of the documents.
  func part(_ documents: Range<Int>) -> TokenizedDocuments {
    TokenizedDocuments(
      store: store, start: documents.lowerBound == 0 ? start : ends[documents.lowerBound - 1],
      ends: Array(ends[documents]))
  }
}

extension TokenizedDocuments {
  /// The documents of shards one after another; where one shard does not know its documents, no
  /// documents are known.
  ///
  /// - Parameters:
  ///   - shards: The shards in their order.
  ///   - boundary: How their text became documents; what shards know of it themselves comes first.
  ///     The streams of several shards are one, as those of several texts.
  init(_ shards: [TokenShard], boundary: DocumentBoundary) {
    var (ends, start) = ([Int](), 0)
    for shard in shards {
      ends += shard.documentEnds.map { start + $0 }
      start += shard.count
    }
    let areKnown = shards.allSatisfy { !$0.documentEnds.isEmpty }
    let isStream = shards.allSatisfy {
      $0.documentEnds.count == 1 && $0.reading?.documents ?? boundary == .stream
    }
    self.init(
      store: TokenStore(shards), ends: areKnown && !isStream ? ends : [start], areKnown: areKnown,
      isStream: isStream)
  }

  /// Cuts validation and test off the end: by documents, or by tokens where there is but one.
  func split(
    by fractions: SplitFractions
  ) -> (train: TokenizedDocuments, validation: TokenizedDocuments, test: TokenizedDocuments) {
    let count = ends.count > 1 ? ends.count : tokenCount
    let cuts = fractions.boundaries(of: count)
    func cut(_ range: Range<Int>) -> TokenizedDocuments {
      ends.count > 1
        ? part(range)
        : TokenizedDocuments(
          store: store, start: start + range.lowerBound, ends: [start + range.upperBound],
          areKnown: areKnown, isStream: isStream)
    }
    return (cut(0..<cuts.validation), cut(cuts.validation..<cuts.test), cut(cuts.test..<count))
  }
}
