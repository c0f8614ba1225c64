/// The part of a byte-level BPE that turns a piece of text into ids; it never changes.
final class BytePairModel: Sendable {
  private let merges: MergeTable
  /// The id of each byte.
  private let byteIDs: [Int32]
  /// The vocabulary, where pieces that are in it are not merged (`ignore_merges`).
  private let wholePieces: (strings: ByteStrings, index: ByteStringIndex)?

  /// Makes the model.
  ///
  /// - Parameters:
  ///   - byteIDs: The id of each of the 256 bytes.
  ///   - merges: What joins to what, by rank.
  ///   - wholePieces: The bytes of the tokens that a piece may be without merging, by id.
  init(byteIDs: [Int32], merges: [MergeTable.Merge], wholePieces: ByteStrings? = nil) {
    self.byteIDs = byteIDs
    self.merges = MergeTable(merges)
    self.wholePieces = wholePieces.map { ($0, ByteStringIndex($0)) }
  }

  /// Appends the ids of `piece`, which is not empty.
  ///
  /// The merge of the lowest rank comes first, and of equal ones the leftmost.
  func append(_ piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    if let (strings, index) = wholePieces, let id = index.number(of: piece, in: strings) {
      ids.append(id)
    } else if piece.count == 1 {
      ids.append(byteIDs[Int(piece[0])])
    } else if piece.count <= Self.shortLength {
      mergeShort(piece, to: &ids)
    } else {
      mergeLong(piece, to: &ids)
    }
  }

  /// Up to this length a search through all pairs is faster than a heap of them.
  private static let shortLength = 48

  private func mergeShort(_ piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: piece.count) { parts in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: piece.count) { ranks in
        for index in 0..<piece.count { parts[index] = byteIDs[Int(piece[index])] }
        var last = piece.count - 1
        for index in 0..<last { ranks[index] = merges.rankAndID(parts[index], parts[index + 1]) }
        while true {
          var best = MergeTable.none
          var place = 0
          for index in 0..<last where ranks[index] < best { (best, place) = (ranks[index], index) }
          if best == MergeTable.none { break }
          parts[place] = MergeTable.id(best)
          last -= 1
          for index in place + 1..<last + 1 { parts[index] = parts[index + 1] }
          for index in place..<last { ranks[index] = ranks[index + 1] }
          if place < last { ranks[place] = merges.rankAndID(parts[place], parts[place + 1]) }
          if place > 0 { ranks[place - 1] = merges.rankAndID(parts[place - 1], parts[place]) }
        }
        ids.append(contentsOf: parts[...last])
      }
    }
  }

  /// Merges in O(n log n) steps: a piece may be a megabyte of one letter.
  private func mergeLong(_ piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    let count = piece.count
    // A part is known by the place of its first byte; a joined part has no id at its old place.
    var parts = piece.map { byteIDs[Int($0)] }
    var next = Array(1...count)
    var previous = Array(-1..<count - 1)
    var ranks = (0..<count).map { index in
      index + 1 < count ? merges.rankAndID(parts[index], parts[index + 1]) : MergeTable.none
    }
    var queue = MergeQueue(
      (0..<count).lazy.filter { ranks[$0] != MergeTable.none }
        .map { MergeQueue.Entry(rankAndID: ranks[$0], place: $0) })
    while let entry = queue.pop() {
      let place = entry.place
      // The pair may have changed since it was queued.
      guard ranks[place] == entry.rankAndID else { continue }
      let (right, after, before) = (next[place], next[next[place]], previous[place])
      parts[place] = MergeTable.id(entry.rankAndID)
      parts[right] = -1
      ranks[right] = MergeTable.none
      next[place] = after
      if after < count { previous[after] = place }
      for (left, other) in [(before, place), (place, after)] {
        guard left >= 0 else { continue }
        ranks[left] =
          other < count ? merges.rankAndID(parts[left], parts[other]) : MergeTable.none
        if ranks[left] != MergeTable.none {
          queue.push(MergeQueue.Entry(rankAndID: ranks[left], place: left))
        }
      }
    }
    ids.append(contentsOf: parts.lazy.filter { $0 >= 0 })
  }
}
