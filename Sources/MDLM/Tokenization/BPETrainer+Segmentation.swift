extension BPETrainer {
  /// The distinct words of a corpus, cut into tokens that grow as pairs are merged.
  ///
  /// Words stand one after another with a separator around each. A token is known at its first byte
  /// by its id and at its first and last byte by its length, so its neighbours are found in one step
  /// and a merge costs the same in words of any length.
  ///
  /// A token has the same parts wherever it arises: as long as no merge crosses its ends, what happens
  /// between them does not depend on the rest of the word. So all occurrences of a token arise in one
  /// step, and with them those of every pair that it is the later part of.
  struct Segmentation {
    private static let separator: Int32 = -1
    private static let interior: Int32 = -2

    /// The id of the token that begins at a place.
    private var ids: [Int32] = []
    /// The length of the token that begins or ends at a place.
    private var lengths: [UInt32] = []
    /// The word at a place.
    private var words: [UInt32] = []
    /// How often each word occurs.
    private var weights: [Int] = []

    private var pairs = PairTable()
    private var queue = MergeQueue()
    /// The places of all candidates, which own ranges of it.
    private var places: [UInt32] = []
    /// The pairs that the current step brings forth, and where.
    private var newPairs: [Int] = []
    private var newPlaces: [(group: Int32, place: UInt32)] = []

    /// Cuts the words into bytes.
    ///
    /// - Parameters:
    ///   - table: The words.
    ///   - byteIDs: The id of each byte.
    init(_ table: WordTable, byteIDs: [Int32]) {
      let size = table.byteCount + table.count + 1
      ids.reserveCapacity(size)
      words.reserveCapacity(size)
      ids.append(Self.separator)
      words.append(0)
      for index in 0..<table.count {
        let (word, count) = table[index]
        weights.append(count)
        for byte in word { ids.append(byteIDs[Int(byte)]) }
        ids.append(Self.separator)
        words += repeatElement(UInt32(index), count: word.count + 1)
      }
      lengths = [UInt32](repeating: 1, count: size)
      for place in 1..<max(1, size - 1) where ids[place] >= 0 && ids[place + 1] >= 0 {
        gain(Pair(left: ids[place], right: ids[place + 1]), at: place)
      }
      enqueueNewPairs()
    }

    /// The most frequent pair and its count, or nil where no two tokens are left side by side.
    mutating func mostFrequentPair() -> (pair: Pair, count: Int)? {
      while let top = queue.top {
        let count = pairs[Int(top.number)].count
        if top.count == count { return (top.pair, count) }
        queue.correctTop(count: count)
      }
      return nil
    }

    /// Joins the pair that ``mostFrequentPair()`` has told to the token `id`.
    mutating func mergeMostFrequentPair(into id: Int32) {
      guard let top = queue.top else { return }
      queue.removeTop()
      for index in top.places { merge(top.pair, at: Int(places[index]), into: id) }
      enqueueNewPairs()
    }

    /// Joins the pair at `place`, where it still is there.
    private mutating func merge(_ pair: Pair, at place: Int, into id: Int32) {
      guard ids[place] == pair.left else { return }
      let second = place + Int(lengths[place])
      guard ids[second] == pair.right else { return }
      let before = place - Int(lengths[place - 1])
      let after = second + Int(lengths[second])
      if ids[before] >= 0 {
        lose(Pair(left: ids[before], right: pair.left), at: place)
        gain(Pair(left: ids[before], right: id), at: before)
      }
      if ids[after] >= 0 {
        lose(Pair(left: pair.right, right: ids[after]), at: place)
        gain(Pair(left: id, right: ids[after]), at: place)
      }
      ids[place] = id
      ids[second] = Self.interior
      lengths[place] = UInt32(after - place)
      lengths[after - 1] = UInt32(after - place)
    }

    private mutating func lose(_ pair: Pair, at place: Int) {
      pairs[pairs.number(of: pair)].count -= weights[Int(words[place])]
    }

    private mutating func gain(_ pair: Pair, at place: Int) {
      let number = pairs.number(of: pair)
      pairs[number].count += weights[Int(words[place])]
      if pairs[number].group < 0 {
        pairs[number].group = Int32(newPairs.count)
        newPairs.append(number)
      }
      newPlaces.append((pairs[number].group, UInt32(place)))
    }

    /// Makes candidates of the pairs that a step has brought forth.
    private mutating func enqueueNewPairs() {
      var ends = [Int](repeating: 0, count: newPairs.count)
      for (group, _) in newPlaces { ends[Int(group)] += 1 }
      var start = places.count
      for group in ends.indices {
        let size = ends[group]
        ends[group] = start
        start += size
      }
      places += repeatElement(0, count: newPlaces.count)
      for (group, place) in newPlaces {
        places[ends[Int(group)]] = place
        ends[Int(group)] += 1
      }
      start = places.count - newPlaces.count
      for (number, end) in zip(newPairs, ends) {
        pairs[number].group = -1
        if pairs[number].count > 0 {
          queue.insert(
            Candidate(
              count: pairs[number].count, pair: pairs[number].pair, number: Int32(number),
              places: start..<end))
        }
        start = end
      }
      newPairs.removeAll(keepingCapacity: true)
      newPlaces.removeAll(keepingCapacity: true)
    }
  }
}
