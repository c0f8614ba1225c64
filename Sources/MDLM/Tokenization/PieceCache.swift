/// Remembers the ids of short pieces of text: most of a text is words that came before.
///
/// It has a fixed number of places. A piece has two neighbouring ones to be in, of which the last
/// used comes first; a new piece drives out the second. So memory stays bounded on any text.
final class PieceCache {
  /// The bytes of a piece of at most 16 bytes, without its length.
  struct Key: Equatable {
    var first: UInt64
    var last: UInt64
    var length: UInt32

    /// The longest pieces that have a key.
    static let longest = 16

    /// The key of no piece.
    init() { (first, last, length) = (0, 0, 0) }

    /// Reads first and last bytes, which overlap in most lengths, and never beyond the piece.
    @inline(__always)
    init(_ piece: UnsafeBufferPointer<UInt8>) {
      let bytes = UnsafeRawBufferPointer(piece)
      let count = piece.count
      length = UInt32(truncatingIfNeeded: count)
      if count >= 8 {
        first = bytes.loadUnaligned(as: UInt64.self)
        last = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      } else if count >= 4 {
        first = UInt64(bytes.loadUnaligned(as: UInt32.self))
        last = UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      } else {
        first = UInt64(piece[0]) | UInt64(piece[count / 2]) << 8
        last = UInt64(piece[count - 1])
      }
    }

    @inline(__always)
    var hash: UInt64 {
      let mixed = (first ^ UInt64(length) << 56) &* 0x9E37_79B9_7F4A_7C15
      return (mixed ^ last ^ (mixed >> 29)) &* 0xD6E8_FEB8_6659_FD93
    }
  }

  /// The ids of a piece, up to three; −1 stands for none.
  typealias IDs = (first: Int32, second: Int32, third: Int32)

  /// With its key, half a line of the processor's cache.
  private struct Place {
    var key: Key
    var ids: IDs
  }

  private let places: UnsafeMutablePointer<Place>
  private let shift: UInt64

  /// Makes an empty cache, whose size fits `byteCount` bytes of text.
  init(byteCount: Int) {
    var bits: UInt64 = 6
    while bits < 14, 1 << (bits + 4) < byteCount { bits += 1 }
    shift = 64 - bits
    // Neighbours share a line of the processor's cache.
    places = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<Place>.stride << bits, alignment: 64
    ).bindMemory(to: Place.self, capacity: 1 << bits)
    places.initialize(repeating: Place(key: Key(), ids: (-1, -1, -1)), count: 1 << bits)
  }

  deinit { UnsafeMutableRawPointer(places).deallocate() }

  /// The ids of a piece, or nil where they are not remembered.
  @inline(__always)
  func ids(of key: Key) -> IDs? {
    let index = Int(key.hash >> shift)
    if places[index].key == key { return places[index].ids }
    guard places[index ^ 1].key == key else { return nil }
    swap(&places[index], &places[index ^ 1])
    return places[index].ids
  }

  func remember(_ ids: ArraySlice<Int32>, of key: Key) {
    guard let first = ids.first, ids.count <= 3 else { return }
    let second = ids.count > 1 ? ids[ids.startIndex + 1] : -1
    let third = ids.count > 2 ? ids[ids.startIndex + 2] : -1
    let index = Int(key.hash >> shift)
    places[index ^ 1] = places[index]
    places[index] = Place(key: key, ids: (first, second, third))
  }
}
