/// The merges of a BPE by their pairs of ids, in an open-addressing table.
final class MergeTable: Sendable {
  /// What joins to what.
  struct Merge: Sendable, Equatable {
    var left: Int32
    var right: Int32
    var joined: Int32
  }

  private struct Place {
    var pair: UInt64
    var rankAndID: UInt64
  }

  /// Stands for a pair that does not merge; it ranks behind all that do.
  static let none = UInt64.max

  // Written by `init` alone.
  nonisolated(unsafe) private let places: UnsafeMutablePointer<Place>
  private let shift: UInt64
  private let lastPlace: Int

  /// Makes the table of `merges`, whose places in the list are their ranks.
  init(_ merges: [Merge]) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * merges.count { bits += 1 }
    shift = 64 - bits
    lastPlace = 1 << bits - 1
    places = .allocate(capacity: 1 << bits)
    places.initialize(repeating: Place(pair: Self.none, rankAndID: Self.none), count: 1 << bits)
    for (rank, merge) in merges.enumerated() {
      let place = place(of: Self.pair(merge.left, merge.right))
      let rankAndID = UInt64(rank) << 32 | UInt64(merge.joined)
      (places + place).pointee = Place(
        pair: Self.pair(merge.left, merge.right), rankAndID: rankAndID)
    }
  }

  deinit { places.deallocate() }

  /// The rank of the merge of two tokens, above the id of what they join to, or ``none``.
  @inline(__always)
  func rankAndID(_ left: Int32, _ right: Int32) -> UInt64 {
    places[place(of: Self.pair(left, right))].rankAndID
  }

  @inline(__always)
  static func id(_ rankAndID: UInt64) -> Int32 { Int32(truncatingIfNeeded: rankAndID) }

  @inline(__always)
  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The place that holds `pair`, or the free one where it would stand.
  @inline(__always)
  private func place(of pair: UInt64) -> Int {
    var place = Int((pair &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while places[place].pair != pair, places[place].pair != Self.none {
      place = (place + 1) & lastPlace
    }
    return place
  }
}
