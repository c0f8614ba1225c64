import Testing

@testable import MDLM

#if os(Linux)
  import Foundation
#endif

struct ForkJoinPoolTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 3, 7, 100, 1000])
  func everyIndexComesOnce(threads: Int, count: Int) {
    let pool = ForkJoinPool(threadCount: threads)
    var visits = [Int](repeating: 0, count: count)
    visits.withUnsafeMutableBufferPointer { visits in
      pool.forEach(count) { visits[$0] += 1 }
    }
    #expect(visits.allSatisfy { $0 == 1 })
  }

  @Test func nestedLoopsRun() {
    let pool = ForkJoinPool(threadCount: 3)
    var visits = [Int](repeating: 0, count: 4 * 5 * 3)
    visits.withUnsafeMutableBufferPointer { visits in
      pool.forEach(4) { i in
        pool.forEach(5) { j in
          pool.forEach(3) { k in visits[(i * 5 + j) * 3 + k] += 1 }
        }
      }
    }
    #expect(visits.allSatisfy { $0 == 1 })
  }

  @Test func concurrentCallersEachGetTheirOwnLoop() async {
    let pool = ForkJoinPool(threadCount: 3)
    let sums = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<6 {
        group.addTask {
          (0..<200).reduce(0) { sum, _ in sum + squares(below: 20 + caller, pool) }
        }
      }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    let expected = (20..<26).map { count in 200 * (0..<count).reduce(0) { $0 + $1 * $1 } }
    #expect(sums == Set(expected))
  }

  @Test func manyShortLoopsRun() {
    let pool = ForkJoinPool(threadCount: 3)
    let loops = isOptimizedBuild ? 20_000 : 2_000
    let total = (0..<loops).reduce(0) { sum, _ in sum + squares(below: 4, pool) }
    #expect(total == loops * 14)
  }

  /// Longer than the workers spin: they must be woken.
  @Test func sleepingWorkersWakeUp() async throws {
    let pool = ForkJoinPool(threadCount: 3)
    for _ in 0..<20 {
      try await Task.sleep(for: .milliseconds(2))
      #expect(squares(below: 50, pool) == 40_425)
    }
  }

  /// A loop sees what was written before it, and its caller sees what it wrote.
  @Test func loopsSeeEachOthersWrites() {
    let pool = ForkJoinPool(threadCount: 3)
    var values = [Int](repeating: 0, count: 64)
    values.withUnsafeMutableBufferPointer { values in
      for round in 0..<200 {
        // Neighbouring rounds give a value to different threads.
        pool.forEach(64) { index in
          let place = (index + 29 * round) % 64
          values[place] += values[place] == round ? 1 : 1000
        }
      }
    }
    #expect(values.allSatisfy { $0 == 200 })
  }

  #if os(Linux)
    /// 1,000 workers come and go; a hundred threads more or less are other tests'.
    @Test func workersEndWithTheirPool() async throws {
      func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
      }
      let before = try threads()
      for _ in 0..<500 { #expect(squares(below: 5, ForkJoinPool(threadCount: 3)) == 30) }
      for _ in 0..<1000 where try threads() > before + 100 {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(try threads() <= before + 100)
    }
  #endif
}

/// Σ i² for i below `count`, each square made by its own iteration.
private func squares(below count: Int, _ pool: ForkJoinPool) -> Int {
  var squares = [Int](repeating: 0, count: count)
  squares.withUnsafeMutableBufferPointer { squares in
    pool.forEach(count) { squares[$0] = $0 * $0 }
  }
  return squares.reduce(0, +)
}
