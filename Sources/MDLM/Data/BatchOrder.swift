/// The order in which training reads its rows.
///
/// Every epoch is a fresh random permutation of all rows; samples run on across the end of an epoch,
/// so that no batch is short. Which row the n-th sample of a run is depends on the seed and n alone:
/// a run resumes from the number of samples it has read.
public struct BatchOrder: Sendable {
  /// The number of rows in an epoch.
  public let rowCount: Int
  public let seed: UInt64
  /// The permutation of the epoch read last, kept only to save drawing it again.
  private var current: (epoch: Int, rows: [Int])?

  /// Makes the order of `rowCount` rows, at least one.
  public init(rowCount: Int, seed: UInt64) {
    require(rowCount > 0, "[BatchOrder] \(rowCount) rows have no order")
    self.rowCount = rowCount
    self.seed = seed
  }

  /// Returns the rows of an optimizer step's batch.
  ///
  /// - Parameters:
  ///   - step: The number of steps before it.
  ///   - batchSize: The rows of every step.
  /// - Returns: `batchSize` row indices.
  public mutating func rows(forStep step: Int, batchSize: Int) -> [Int] {
    rows(from: step * batchSize, count: batchSize)
  }

  /// Returns the rows of `count` samples after the first `start` samples of the run.
  public mutating func rows(from start: Int, count: Int) -> [Int] {
    (start..<start + count).map { sample in
      let (epoch, position) = sample.quotientAndRemainder(dividingBy: rowCount)
      if let current, current.epoch == epoch { return current.rows[position] }
      var generator = RandomKey(seed: seed, stream: .order, step: epoch).generator()
      let rows = Self.permutation(of: rowCount, using: &generator)
      current = (epoch, rows)
      return rows[position]
    }
  }

  /// Draws a permutation of `0 ..< count`, each equally likely (Fisher and Yates).
  ///
  /// The standard library's `shuffled` may change how it draws; this order is part of a run.
  static func permutation(
    of count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    var rows = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      rows.swapAt(last, Int(draw(below: UInt64(last) + 1, using: &generator)))
    }
    return rows
  }

  /// Draws a number below `bound`, each equally likely.
  private static func draw(
    below bound: UInt64, using generator: inout some RandomNumberGenerator
  ) -> UInt64 {
    // The high word of a product is biased only where the low word falls among the first
    // 2⁶⁴ mod bound values; those are drawn again.
    let biased = (0 &- bound) % bound
    while true {
      let product = generator.next().multipliedFullWidth(by: bound)
      if product.low >= biased { return product.high }
    }
  }
}
