#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One round over all rows, independent of the other rounds.
struct Replicate {
  let index: Int
  let seed: UInt64
  let rowCount: Int
  /// Tokens in a row.
  let length: Int
  let diffusion: DiffusionSettings

  /// One time for each row, in an order that says nothing about the rows.
  func times(_ sampler: TimeSampler) -> [Double] {
    var order = RandomKey(seed: seed, stream: .strata, step: index).generator()
    let strata = BatchOrder.permutation(of: rowCount, using: &order)
    let jitter = RandomKey(seed: seed, stream: .evaluationTimes, step: index)
    return (0..<rowCount).map { row in
      sampler.time(uniform: jitter.uniform(row: row), index: strata[row], count: rowCount)
    }
  }

  /// The positions of a row that the forward process masks with `probability` each.
  func maskedPositions(row: Int, probability: Double) -> [Int] {
    let masks = RandomKey(seed: seed, stream: .evaluationMasks, step: index)
    return (0..<length).filter { masks.uniform(row: row, position: $0) < probability }
  }
}

/// The noised copies of each row that the network sees in one replicate.
///
/// Draws are pure functions of seed, replicate, row and index, whatever is computed beside them.
protocol ReplicateDraws {
  /// Copies of a row with so many tokens before its padding.
  func count(unpaddedLength: Int) -> Int
  /// One of them.
  func draw(_ index: Int, row: Int) -> MaskDraw
}

extension ReplicateDraws {
  func count(unpaddedLength: Int) -> Int { 1 }
}

/// A noised copy of a row: the row's loss is Σ over copies of weight · Σ −log p(x_0 | x_t).
struct MaskDraw {
  /// Positions under masks, ascending, padding included.
  let masked: [Int]
  /// σ, which a network with time conditioning is told.
  let noiseLevel: Double
  /// What the cross-entropies of this copy count.
  let weight: Double
  /// Whether the first masked position alone is scored.
  var scoresFirstOnly = false
}
