/// Byte strings numbered from 0, one behind the other in memory.
///
/// A vocabulary is one of these: an array of arrays would be tens of thousands of allocations.
struct ByteStrings: Sendable, Equatable {
  private(set) var bytes: [UInt8] = []
  /// Where each string ends, behind a 0.
  private var ends: [Int] = [0]

  var count: Int { ends.count - 1 }

  mutating func reserveCapacity(_ count: Int, byteCount: Int) {
    bytes.reserveCapacity(byteCount)
    ends.reserveCapacity(count + 1)
  }

  mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  subscript(index: Int) -> ArraySlice<UInt8> { bytes[ends[index]..<ends[index + 1]] }

  func length(of index: Int) -> Int { ends[index + 1] - ends[index] }
}

/// Finds the number of a byte string by its bytes, never by what Unicode holds to be equal.
struct ByteStringIndex: Sendable, Equatable {
  /// The number of a string in every place of an open-addressing table, or −1.
  private var places: [Int32]

  /// Enters the strings of `strings` that are not empty; of equal ones the first counts.
  init(_ strings: ByteStrings) {
    var capacity = 16
    while capacity < 2 * strings.count { capacity *= 2 }
    places = [Int32](repeating: -1, count: capacity)
    for number in 0..<strings.count where strings.length(of: number) > 0 {
      strings[number].withUnsafeBufferPointer { string in
        let place = self.place(of: string, in: strings)
        if places[place] < 0 { places[place] = Int32(number) }
      }
    }
  }

  /// The number of `string` among the strings that the index was made of.
  func number(of string: UnsafeBufferPointer<UInt8>, in strings: ByteStrings) -> Int32? {
    let number = places[place(of: string, in: strings)]
    return number < 0 ? nil : number
  }

  private func place(of string: UnsafeBufferPointer<UInt8>, in strings: ByteStrings) -> Int {
    // FNV-1a; its high bits are the better ones.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var place = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (places.count - 1)
    while true {
      let number = places[place]
      if number < 0 || isEqual(strings[Int(number)], string) { return place }
      place = (place + 1) & (places.count - 1)
    }
  }

  private func isEqual(
    _ first: ArraySlice<UInt8>, _ second: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard first.count == second.count else { return false }
    return first.withUnsafeBufferPointer { first in
      for index in 0..<first.count where first[index] != second[index] { return false }
      return true
    }
  }
}
