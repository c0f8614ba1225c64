/// Cross-entropies of masked tokens, summed by the share of their row that is masked, in tenths.
struct MaskedShareSums: Equatable, Sendable {
  static let binCount = 10

  private(set) var nats = [Double](repeating: 0, count: binCount)
  private(set) var tokens = [Int](repeating: 0, count: binCount)

  init() {}

  /// Takes sums and counts of as many bins as there are, or is nil.
  init?(nats: [Double], tokens: [Int]) {
    guard nats.count == Self.binCount, tokens.count == Self.binCount,
      tokens.allSatisfy({ $0 >= 0 })
    else { return nil }
    self.nats = nats
    self.tokens = tokens
  }

  /// Adds the cross-entropies of one noised row.
  ///
  /// - Parameters:
  ///   - nats: Their sum, without the weight of the row's time.
  ///   - tokens: How many they are.
  ///   - masked: Masked positions of the row, those without loss among them.
  ///   - length: Positions of the row.
  mutating func add(_ nats: Double, tokens: Int, masked: Int, of length: Int) {
    guard tokens > 0, masked > 0 else { return }
    // A share on the border of two bins belongs to the lower one.
    let bin = min(Self.binCount, (masked * Self.binCount - 1) / length + 1) - 1
    self.nats[bin] += nats
    self.tokens[bin] += tokens
  }

  mutating func add(_ other: MaskedShareSums) {
    for bin in 0..<Self.binCount {
      nats[bin] += other.nats[bin]
      tokens[bin] += other.tokens[bin]
    }
  }

  /// The mean cross-entropy of each bin, in nats; nil where nothing was scored.
  var means: [Double?] {
    zip(nats, tokens).map { $1 > 0 ? $0 / Double($1) : nil }
  }
}
