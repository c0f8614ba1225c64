import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct MaskCountDrawsTests {
  private func draws(length: Int, rows: Int, replicate: Int = 0) -> [[MaskDraw]] {
    let draws = MaskCountDraws(
      Replicate(
        index: replicate, seed: 5, rowCount: rows, length: length,
        diffusion: DiffusionSettings(maskID: 1)))
    return (0..<rows).map { row in (0..<4).map { draws.draw($0, row: row) } }
  }

  /// Counts are uniform over 1 … L whether or not four divides L; error rate 1 in 10,000 each.
  @Test(arguments: [1, 2, 3, 5, 8, 13]) func countsAreUniform(length: Int) {
    var counts = [Int](repeating: 0, count: length)
    for draw in draws(length: length, rows: 2000).joined() { counts[draw.masked.count - 1] += 1 }
    guard length > 1 else { return #expect(counts == [8000]) }
    // Strata only make the counts more even than independent draws.
    let test = ChiSquare(
      counts: counts, probabilities: counts.map { _ in 1 / Double(length) })
    #expect(test.isBelievable, "χ² = \(test.statistic)")
  }

  /// u < ¼ for the first draw, and so on.
  @Test func everyQuarterHasItsDraw() {
    for row in draws(length: 100, rows: 50) {
      for (quarter, draw) in row.enumerated() {
        #expect((25 * quarter + 1...25 * quarter + 25).contains(draw.masked.count))
      }
    }
  }

  /// Each of the pairs of five positions, given that two are masked; error rate 1 in 10,000.
  @Test func positionsAreUniform() {
    let pairs = draws(length: 5, rows: 4000).joined().map(\.masked).filter { $0.count == 2 }
    let counts = pairs.reduce(into: [[Int]: Int]()) { $0[$1, default: 0] += 1 }
    #expect(counts.count == 10 && counts.keys.allSatisfy { $0 == $0.sorted() })
    let test = ChiSquare(
      counts: Array(counts.values), probabilities: [Double](repeating: 0.1, count: 10))
    #expect(test.isBelievable, "χ² = \(test.statistic)")
  }

  /// The mask probability given k masks of L is Beta(k, L − k + 1).
  ///
  /// Its mean is k / (L + 1), its variance k (L − k + 1) / ((L + 1)² (L + 2)). The mean of n draws
  /// stays within four errors.
  @Test(arguments: 1...6) func maskProbabilityIsBeta(count: Int) {
    let probabilities = draws(length: 6, rows: 3000).joined().filter { $0.masked.count == count }
      .map { 1 - exp(-$0.noiseLevel) }
    let (k, n) = (Double(count), Double(probabilities.count))
    let mean = probabilities.reduce(0, +) / n
    let variance = k * (7 - k) / (49 * 8)
    // The end of the schedule takes at most 6 · 0.001 · 0.001 from the mean.
    #expect(abs(mean - k / 7) <= 4 * (variance / n).squareRoot() + 1e-5)
    let squares = probabilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(abs(squares / variance - 1) <= 0.15)
  }

  @Test func noiseLevelEndsWithTheSchedule() {
    let levels = draws(length: 4, rows: 3000).joined().map(\.noiseLevel)
    #expect(levels.reduce(0, max) == LogLinearSchedule().totalNoise(at: 1))
  }

  @Test func replicatesAndRowsDrawDifferently() {
    let masks = [draws(length: 64, rows: 2), draws(length: 64, rows: 2, replicate: 1)]
      .joined().joined().map(\.masked)
    #expect(Set(masks).count == 16)
  }
}
