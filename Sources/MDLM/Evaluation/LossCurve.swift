/// The cross-entropy of masked tokens by the share of their row that is masked.
///
/// In continuous time the NELBO per token is the mean height of this curve over all shares from 0 to
/// 1: copies with the share m masked weigh 1/m, and hold m of the tokens.
public struct LossCurve: Sendable, Equatable {
  /// Shares above `lower` up to `upper`.
  public struct Bin: Sendable, Equatable {
    public let lower: Double
    public let upper: Double
    /// The mean share, over the tokens scored.
    public let share: Double
    /// Masked tokens scored.
    public let tokens: Int
    /// Their mean cross-entropy, in nats.
    public let crossEntropy: Double
    /// Its standard error over rows; nil where they are too few.
    public let standardError: Double?
  }

  /// Bins in which something was scored, by ascending share.
  public let bins: [Bin]

  /// Bins of equal width.
  public static let binCount = 20
}

extension LossCurve {
  /// Sums over tokens, bin by bin.
  ///
  /// The draws of a row are not independent, so errors are taken over groups of rows: each group has
  /// a sum of its own, and all draws of a row fall in one group. Neighbours, which may be parts of
  /// one document, share a group.
  struct Collector {
    private struct Sum {
      var nats = 0.0
      var tokens = 0
      /// Σ masked positions of the token's row.
      var masked = 0
    }

    private let rowCount: Int
    private let length: Int
    private let groupCount: Int
    /// `[bins, groups]`.
    private var sums: [Sum]

    init(rowCount: Int, length: Int) {
      self.rowCount = rowCount
      self.length = length
      groupCount = max(1, min(rowCount, 100))
      sums = [Sum](repeating: Sum(), count: LossCurve.binCount * groupCount)
    }

    /// Adds the cross-entropies of one noised copy of a row.
    mutating func add(_ nats: Double, tokens: Int, masked: Int, row: Int) {
      guard tokens > 0 else { return }
      // A share on the border of two bins belongs to the lower one.
      let bin = (masked * LossCurve.binCount - 1) / length
      let index = bin * groupCount + row * groupCount / rowCount
      sums[index].nats += nats
      sums[index].tokens += tokens
      sums[index].masked += masked * tokens
    }

    var curve: LossCurve {
      LossCurve(bins: (0..<LossCurve.binCount).compactMap(bin))
    }

    private func bin(_ index: Int) -> Bin? {
      let groups = sums[index * groupCount..<(index + 1) * groupCount].filter { $0.tokens > 0 }
      let tokens = groups.reduce(0) { $0 + $1.tokens }
      guard tokens > 0 else { return nil }
      let mean = RatioEstimate(
        numerators: groups.map(\.nats), denominators: groups.map { Double($0.tokens) })
      return Bin(
        lower: Double(index) / Double(LossCurve.binCount),
        upper: Double(index + 1) / Double(LossCurve.binCount),
        share: Double(groups.reduce(0) { $0 + $1.masked }) / Double(tokens * length),
        tokens: tokens,
        crossEntropy: mean.value, standardError: mean.standardError)
    }
  }
}
