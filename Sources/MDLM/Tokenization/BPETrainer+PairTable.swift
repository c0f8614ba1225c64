extension BPETrainer {
  /// Two adjacent tokens by their ids; the smaller one orders first by the left id.
  struct Pair: Hashable, Comparable {
    let left: Int32
    let right: Int32

    static func < (first: Pair, second: Pair) -> Bool {
      (first.left, first.right) < (second.left, second.right)
    }

    fileprivate var key: UInt64 {
      UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
  }

  /// Every pair that has been met, and its state; pairs are numbered as they come.
  struct PairTable {
    struct Record {
      let pair: Pair
      /// Occurrences in the corpus.
      var count = 0
      /// The place among the pairs that the current merge brings forth, or −1.
      var group: Int32 = -1
    }

    private(set) var records: [Record] = []
    private var slots = [UInt32](repeating: 0, count: 1 << 16)

    subscript(number: Int) -> Record {
      get { records[number] }
      _modify { yield &records[number] }
    }

    /// The number of `pair`, a new one where it has not been met.
    mutating func number(of pair: Pair) -> Int {
      let mask = slots.count - 1
      var slot = Int(truncatingIfNeeded: BPETrainer.mixed(pair.key)) & mask
      while slots[slot] != 0 {
        let number = Int(slots[slot]) - 1
        if records[number].pair == pair { return number }
        slot = (slot + 1) & mask
      }
      records.append(Record(pair: pair))
      slots[slot] = UInt32(records.count)
      if records.count > slots.count / 2 { grow() }
      return records.count - 1
    }

    private mutating func grow() {
      let mask = 2 * slots.count - 1
      slots = [UInt32](repeating: 0, count: mask + 1)
      for (number, record) in records.enumerated() {
        var slot = Int(truncatingIfNeeded: BPETrainer.mixed(record.pair.key)) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(number + 1)
      }
    }
  }
}
