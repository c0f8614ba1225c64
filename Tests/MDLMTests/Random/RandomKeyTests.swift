import Testing

@testable import MDLM

struct RandomKeyTests {
  @Test func bitsAreTheFirstWordsOfTheAddress() {
    let key = RandomKey(seed: 0x0123_4567_89AB_CDEF, stream: .masks, step: 42)
    let words = philox(
      SIMD4(7, 5, 42, RandomStream.masks.rawValue), key: SIMD2(0x89AB_CDEF, 0x0123_4567))
    #expect(key.bits(row: 5, position: 7) == UInt64(words.x) | UInt64(words.y) << 32)
  }

  @Test func everyPartOfTheAddressMatters() {
    let numbers = [
      RandomKey(seed: 1, stream: .times, step: 1).bits(row: 1, position: 1),
      RandomKey(seed: 2, stream: .times, step: 1).bits(row: 1, position: 1),
      RandomKey(seed: 1 << 40 | 1, stream: .times, step: 1).bits(row: 1, position: 1),
      RandomKey(seed: 1, stream: .masks, step: 1).bits(row: 1, position: 1),
      RandomKey(seed: 1, stream: .times, step: 2).bits(row: 1, position: 1),
      RandomKey(seed: 1, stream: .times, step: 1).bits(row: 2, position: 1),
      RandomKey(seed: 1, stream: .times, step: 1).bits(row: 1, position: 2),
    ]
    #expect(Set(numbers).count == numbers.count)
  }

  /// Error rate 1 in 10,000.
  @Test func uniformNumbersFillTheirRangeEvenly() {
    let key = RandomKey(seed: 6, stream: .tokens)
    var counts = [Int](repeating: 0, count: 64)
    for row in 0..<100 {
      for position in 0..<100 {
        counts[Int(key.uniform(row: row, position: position) * 64)] += 1
      }
    }
    let even = [Double](repeating: 1 / 64, count: 64)
    #expect(ChiSquare(counts: counts, probabilities: even).isBelievable)
  }

  @Test func aSequenceIsARowPositionByPosition() {
    let key = RandomKey(seed: 8, stream: .order, step: 3)
    var sequence = key.generator(row: 4)
    #expect(sequence.next() == key.bits(row: 4, position: 0))
    #expect(sequence.nextUniform() == key.uniform(row: 4, position: 1))
  }
}
