#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How often every token occurs.
struct TokenCounts {
  private var counts: [Int32: Int] = [:]
  private var total = 0

  init(_ tokens: some Sequence<Int32>) {
    for token in tokens {
      counts[token, default: 0] += 1
      total += 1
    }
  }

  /// −Σ p ln p over the distinct tokens, in nats; 0 of no tokens.
  var entropy: Double {
    // In ascending order, because a sum in the order of a dictionary differs from run to run.
    counts.values.sorted().reduce(0.0) { sum, count in
      let share = Double(count) / Double(total)
      return sum - share * log(share)
    }
  }
}

/// The distinct runs of at most four consecutive tokens.
struct NGramSet {
  /// Places behind the end of a shorter run are −1, which is no token.
  private var seen: Set<SIMD4<Int32>> = []

  var count: Int { seen.count }

  /// Enters every run of `length` tokens in `row`.
  ///
  /// - Parameters:
  ///   - row: The tokens of one sample.
  ///   - length: Tokens in a run, the same in every call.
  /// - Returns: How many runs there are, and how many of them were new.
  mutating func insertAll(of row: [Int32], length: Int) -> (total: Int, new: Int) {
    require((1...4).contains(length), "[NGramSet] runs of \(length) tokens")
    guard row.count >= length else { return (0, 0) }
    let before = seen.count
    for start in 0...row.count - length {
      var run = SIMD4<Int32>(repeating: -1)
      for index in 0..<length { run[index] = row[start + index] }
      seen.insert(run)
    }
    return (row.count - length + 1, seen.count - before)
  }
}
