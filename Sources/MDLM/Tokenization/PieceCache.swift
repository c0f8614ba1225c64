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

  /// The ids of a piece, as many as a place has room for.
  struct IDs {
    var count: UInt32
    var ids: (Int32, Int32, Int32) = (0, 0, 0)

    /// The most ids of a piece that is remembered.
    static let capacity = 3
  }

  private struct Place {
    var key: Key
    var value: IDs
  }

  private let places: UnsafeMutablePointer<Place>
  private let shift: UInt64

  /// Makes an empty cache, whose size fits `byteCount` bytes of text.
  init(byteCount: Int) {
    var bits: UInt64 = 6
    while bits < 14, 1 << (bits + 4) < byteCount { bits += 1 }
    shift = 64 - bits
    places = .allocate(capacity: 1 << bits)
    let zeros: [UInt8] = [0]
    var empty = Place(key: zeros.withUnsafeBufferPointer(Key.init), value: IDs(count: 0))
    empty.key.length = 0
    places.initialize(repeating: empty, count: 1 << bits)
  }

  deinit { places.deallocate() }

  /// The ids of a piece, or nil where they are not remembered.
  @inline(__always)
  func ids(of key: Key) -> IDs? {
    let place = places + Int(key.hash >> shift)
    if place.pointee.key == key { return place.pointee.value }
    let other = places + (Int(key.hash >> shift) ^ 1)
    guard other.pointee.key == key else { return nil }
    swap(&place.pointee, &other.pointee)
    return place.pointee.value
  }

  func remember(_ ids: ArraySlice<Int32>, of key: Key) {
    guard ids.count <= IDs.capacity, let first = ids.first else { return }
    var value = IDs(count: UInt32(ids.count))
    value.ids.0 = first
    if ids.count > 1 { value.ids.1 = ids[ids.startIndex + 1] }
    if ids.count > 2 { value.ids.2 = ids[ids.startIndex + 2] }
    let index = Int(key.hash >> shift)
    places[index ^ 1] = places[index]
    places[index] = Place(key: key, value: value)
  }
}
