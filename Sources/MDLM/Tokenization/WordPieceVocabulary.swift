/// The pieces of a WordPiece model in one hash table, keyed by their bytes.
///
/// Looking a piece up needs no string: the caller hashes bytes as it reads them, and the prefix of
/// pieces inside a word (`##`) is hashed once and for all.
struct WordPieceVocabulary: Sendable, Equatable {
  private struct Entry: Equatable {
    var hash: UInt64
    var start: Int
    var count: Int
    var id: Int32
  }

  /// What the name of a piece that continues a word begins with.
  let prefix: [UInt8]
  /// The number of bytes of the longest piece, its prefix included.
  private(set) var longestCount = 0
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// Open addressing: the number of an entry, or −1.
  private var slots: [Int32] = []
  private let prefixHash: PieceHash

  /// Makes the table of `pieces`, which must be distinct.
  init(_ pieces: [(name: [UInt8], id: Int32)], prefix: [UInt8]) {
    self.prefix = prefix
    prefixHash = prefix.reduce(into: PieceHash()) { $0.add($1) }
    var slotCount = 16
    while slotCount < pieces.count * 3 { slotCount *= 2 }
    slots = [Int32](repeating: -1, count: slotCount)
    entries.reserveCapacity(pieces.count)
    for piece in pieces {
      let hash = piece.name.reduce(into: PieceHash()) { $0.add($1) }
      var slot = hash.slot(of: slotCount)
      while slots[slot] >= 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = Int32(entries.count)
      entries.append(
        Entry(hash: hash.value, start: bytes.count, count: piece.name.count, id: piece.id))
      bytes += piece.name
      longestCount = max(longestCount, piece.name.count)
    }
  }

  /// The id of the piece of these bytes at the start of a word, or −1.
  func id(ofPiece piece: UnsafeBufferPointer<UInt8>, _ hash: PieceHash) -> Int32 {
    id(hash: hash, count: piece.count) { start in equal(piece, bytesAt: start) }
  }

  /// The id of a whole name, or nil.
  func id(of name: [UInt8]) -> Int32? {
    let hash = name.reduce(into: PieceHash()) { $0.add($1) }
    let id = name.withUnsafeBufferPointer { self.id(ofPiece: $0, hash) }
    return id < 0 ? nil : id
  }

  /// Appends the ids of the longest pieces, from left to right, that make up `word`.
  ///
  /// - Returns: Whether there are such pieces; `ids` is unchanged otherwise.
  func appendPieces(of word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) -> Bool {
    let count = ids.count
    var start = 0
    while start < word.count {
      guard let (id, end) = longestPiece(of: word, from: start) else {
        ids.removeLast(ids.count - count)
        return false
      }
      ids.append(id)
      start = end
    }
    return true
  }

  private func longestPiece(
    of word: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (id: Int32, end: Int)? {
    let isInside = start > 0
    let most = min(word.count - start, longestCount - (isInside ? prefix.count : 0))
    guard most > 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: PieceHash.self, capacity: most) {
      hashes -> (id: Int32, end: Int)? in
      var hash = isInside ? prefixHash : PieceHash()
      for index in 0..<most {
        hash.add(word[start + index])
        hashes[index] = hash
      }
      for count in stride(from: most, to: 0, by: -1) {
        let piece = UnsafeBufferPointer(rebasing: word[start..<start + count])
        let id =
          isInside
          ? self.id(hash: hashes[count - 1], count: prefix.count + count) { start in
            equal(piece, bytesAt: start + prefix.count)
              && bytes[start..<start + prefix.count].elementsEqual(prefix)
          } : self.id(ofPiece: piece, hashes[count - 1])
        if id >= 0 { return (id, start + count) }
      }
      return nil
    }
  }

  @inline(__always)
  private func id(
    hash: PieceHash, count: Int, isEqual: (_ start: Int) -> Bool
  ) -> Int32 {
    slots.withUnsafeBufferPointer { slots in
      entries.withUnsafeBufferPointer { entries in
        var slot = hash.slot(of: slots.count)
        while slots[slot] >= 0 {
          let entry = entries[Int(slots[slot])]
          if entry.hash == hash.value, entry.count == count, isEqual(entry.start) {
            return entry.id
          }
          slot = (slot + 1) & (slots.count - 1)
        }
        return -1
      }
    }
  }

  @inline(__always)
  private func equal(_ piece: UnsafeBufferPointer<UInt8>, bytesAt start: Int) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<piece.count where piece[index] != bytes[start + index] { return false }
      return true
    }
  }
}

/// The hash of a byte string, one byte at a time (FNV-1a).
struct PieceHash: Equatable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Where to look first among `count` slots, a power of two.
  @inline(__always)
  func slot(of count: Int) -> Int { Int(truncatingIfNeeded: value ^ value >> 32) & (count - 1) }
}
