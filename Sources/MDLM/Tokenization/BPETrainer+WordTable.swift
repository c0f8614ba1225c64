extension BPETrainer {
  /// Distinct words and how often each was met.
  struct WordTable {
    private struct Entry {
      let hash: UInt64
      let start: Int
      let length: Int
      var count: Int
    }

    private var entries: [Entry] = []
    /// The words one after another.
    private var bytes: [UInt8] = []
    /// For a hash modulo the size of the table: the number of its entry from 1 on, 0 where free.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)

    var count: Int { entries.count }
    /// The length of all distinct words together.
    var byteCount: Int { bytes.count }

    subscript(index: Int) -> (word: ArraySlice<UInt8>, count: Int) {
      let entry = entries[index]
      return (bytes[entry.start..<entry.start + entry.length], entry.count)
    }

    /// Adds `count` occurrences of a word.
    mutating func add(_ word: UnsafeRawBufferPointer, count: Int = 1) {
      add(word, hash: Self.hash(word), count: count)
    }

    /// Adds all that `other` holds.
    mutating func add(_ other: WordTable) {
      other.bytes.withUnsafeBytes { bytes in
        for entry in other.entries {
          let word = bytes[entry.start..<entry.start + entry.length]
          add(UnsafeRawBufferPointer(rebasing: word), hash: entry.hash, count: entry.count)
        }
      }
    }

    private mutating func add(_ word: UnsafeRawBufferPointer, hash: UInt64, count: Int) {
      let mask = slots.count - 1
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 {
        let index = Int(slots[slot]) - 1
        if entries[index].hash == hash && isEntry(index, word) {
          entries[index].count += count
          return
        }
        slot = (slot + 1) & mask
      }
      entries.append(Entry(hash: hash, start: bytes.count, length: word.count, count: count))
      bytes.append(contentsOf: word)
      slots[slot] = UInt32(entries.count)
      if entries.count > slots.count / 2 { grow() }
    }

    private func isEntry(_ index: Int, _ word: UnsafeRawBufferPointer) -> Bool {
      let (start, length) = (entries[index].start, entries[index].length)
      guard length == word.count else { return false }
      return bytes.withUnsafeBytes { bytes in
        for offset in 0..<length where bytes[start + offset] != word[offset] { return false }
        return true
      }
    }

    private mutating func grow() {
      let mask = 2 * slots.count - 1
      slots = [UInt32](repeating: 0, count: mask + 1)
      for (index, entry) in entries.enumerated() {
        var slot = Int(truncatingIfNeeded: entry.hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(index + 1)
      }
    }

    /// Mixes eight bytes at a time by a multiplication whose halves are folded together.
    private static func hash(_ word: UnsafeRawBufferPointer) -> UInt64 {
      var hash = UInt64(truncatingIfNeeded: word.count)
      var offset = 0
      while offset + 8 <= word.count {
        hash = mixed(hash ^ word.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var rest: UInt64 = 0
      while offset < word.count {
        rest = rest << 8 | UInt64(word[offset])
        offset += 1
      }
      return mixed(hash ^ rest)
    }
  }

  /// Spreads the bits of a key over a hash: both halves of a product with an odd constant.
  static func mixed(_ key: UInt64) -> UInt64 {
    let product = (key ^ 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}
