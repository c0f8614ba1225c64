/// Reads UTF-8 one Unicode scalar at a time and tells where it is malformed.
///
/// The standard library repairs or rejects a whole text; a message needs the offset.
struct ScalarDecoder {
  let bytes: ArraySlice<UInt8>
  /// Where the next scalar begins.
  private(set) var index: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// Returns the next scalar, or nil at the end; the index stays on a malformed one.
  mutating func next() throws(MalformedUTF8) -> Unicode.Scalar? {
    guard index < bytes.endIndex else { return nil }
    let first = bytes[index]
    if first < 0x80 {
      index += 1
      return Unicode.Scalar(first)
    }
    let (length, least): (Int, UInt32) =
      switch first {
      case 0xC2...0xDF: (2, 0x80)
      case 0xE0...0xEF: (3, 0x800)
      case 0xF0...0xF4: (4, 0x10000)
      default: throw MalformedUTF8(index: index)
      }
    guard bytes.endIndex - index >= length else { throw MalformedUTF8(index: index) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for byte in bytes[index + 1..<index + length] {
      guard byte & 0xC0 == 0x80 else { throw MalformedUTF8(index: index) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // Overlong forms fall below the least value; surrogates and the rest are no scalars.
    guard value >= least, let scalar = Unicode.Scalar(value) else {
      throw MalformedUTF8(index: index)
    }
    index += length
    return scalar
  }
}

/// UTF-8 that is malformed at `index`.
struct MalformedUTF8: Error {
  let index: Int
}
