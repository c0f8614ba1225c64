import Testing

@testable import MDLM

@Suite struct BatchOrderTests {
  @Test(arguments: [1, 2, 7, 100])
  func everyEpochReadsEveryRowOnce(rowCount: Int) {
    var order = BatchOrder(rowCount: rowCount, seed: 3)
    for epoch in 0..<4 {
      let rows = order.rows(from: epoch * rowCount, count: rowCount)
      #expect(rows.sorted() == Array(0..<rowCount))
    }
  }

  @Test func epochsAndSeedsDiffer() {
    var order = BatchOrder(rowCount: 50, seed: 1)
    var other = BatchOrder(rowCount: 50, seed: 2)
    let first = order.rows(from: 0, count: 50)
    #expect(first != Array(0..<50))
    #expect(first != order.rows(from: 50, count: 50))
    #expect(first != other.rows(from: 0, count: 50))
    #expect(order.rows(from: 50, count: 50) != other.rows(from: 0, count: 50))
  }

  @Test func samplesDependOnTheirNumberAlone() {
    var order = BatchOrder(rowCount: 10, seed: 5)
    let all = order.rows(from: 0, count: 60)
    for (step, batchSize) in [(0, 4), (7, 4), (2, 13), (3, 10), (1, 25)] {
      var resumed = BatchOrder(rowCount: 10, seed: 5)
      let start = step * batchSize
      #expect(
        resumed.rows(forStep: step, batchSize: batchSize) == Array(all[start..<start + batchSize]))
    }
  }

  @Test func permutationsAreEquallyLikely() {
    // 6 permutations, 6,000 draws: chi-square with 5 degrees of freedom, α = 0.001, fixed seeds.
    var counts: [[Int]: Int] = [:]
    for seed in 0..<6_000 {
      var order = BatchOrder(rowCount: 3, seed: UInt64(seed))
      counts[order.rows(from: 0, count: 3), default: 0] += 1
    }
    let chiSquare = counts.values.reduce(0.0) { $0 + Double(($1 - 1_000) * ($1 - 1_000)) / 1_000 }
    #expect(counts.count == 6)
    #expect(chiSquare < 20.5)
  }
}
