import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct RotaryTableTests {
  @Test func inverseFrequenciesArePowers() {
    let expected = (0..<32).map { pow(10000, -Double($0) / 32) }
    let frequencies = RotaryTable.inverseFrequencies(headSize: 64)
    #expect(frequencies.count == 32 && frequencies[0] == 1)
    #expect(zip(frequencies, expected).allSatisfy { relativeDeviation(Double($0), $1) <= 2e-7 })
  }

  /// Angles are rounded to single precision as the official code does: 6e-8 of up to 63.
  @Test func anglesGrowWithThePosition() {
    let table = RotaryTable(length: 64, headSize: 8)
    let angles = (0..<256).map { Double($0 / 4) * pow(10000, -Double($0 % 4) / 4) }
    #expect(relativeDeviation(table.cosine, angles.map(cos)) <= 8e-6)
    #expect(relativeDeviation(table.sine, angles.map(sin)) <= 8e-6)
  }

  @Test func firstPositionIsNotTurned() {
    let table = RotaryTable(length: 1, headSize: 6)
    #expect(table.cosine == [1, 1, 1] && table.sine == [0, 0, 0])
  }
}
