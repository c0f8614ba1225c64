/// A message of Protocol Buffers while it is written, field by field.
struct ProtocolMessage {
  private(set) var bytes: [UInt8] = []

  /// How the value of a field stands in a message.
  private enum Wire: UInt64 { case varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 }

  /// Adds a whole number; negative ones as 64 bits in two's complement.
  mutating func add(_ field: UInt64, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    key(field, .fixed64)
    littleEndian(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    key(field, .fixed32)
    littleEndian(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ text: String) {
    delimited(field, Array(text.utf8))
  }

  /// Adds the message that `content` writes.
  mutating func add(_ field: UInt64, content: (inout ProtocolMessage) -> Void) {
    var message = ProtocolMessage()
    content(&message)
    delimited(field, message.bytes)
  }

  private mutating func delimited(_ field: UInt64, _ content: [UInt8]) {
    key(field, .delimited)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: UInt64, _ wire: Wire) { varint(field << 3 | wire.rawValue) }

  /// Seven bits a byte, the lowest first; all bytes but the last have their highest bit set.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func littleEndian(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
