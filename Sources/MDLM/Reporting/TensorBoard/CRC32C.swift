/// The checksum CRC-32C (Castagnoli), as record files of TensorFlow use it.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      // The polynomial 0x1EDC6F41, its bits reversed.
      value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78
    }
  }

  /// The checksum of `bytes`.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
    }
  }

  /// The checksum as it stands beside what it is of, where that may hold checksums itself.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
