import CVectorKernels
import Testing

@testable import MDLM

/// Dropout decides by the numbers of ``RandomKey``.
struct DropoutKernelTests {
  @Test(arguments: kernelSizes) func dropsByTheBitsOfTheKey(width: Int) {
    let key = RandomKey(seed: 0xFEDC_BA98_7654_3210, stream: .attentionDropout, step: 9)
    let (rate, firstRow, rows) = (Float(0.25), 40, 2)
    let x = [Float](repeating: 3, count: rows * width)
    var y = x
    mdlm_dropout(
      x, &y, rate, [key.words.x, key.words.y], key.step, key.stream.rawValue, UInt32(firstRow),
      rows, width)
    for row in 0..<rows {
      // ``RandomKey/bits(row:position:)`` shows the first two of every four words.
      for column in 0..<width where column % 4 < 2 {
        let bits = key.bits(row: firstRow + row, position: column / 4)
        let word = UInt32(truncatingIfNeeded: bits >> (column % 4 == 0 ? 0 : 32))
        #expect(y[row * width + column] == (word < 1 << 30 ? 0 : 4))
      }
    }
  }

  @Test func rateZeroKeepsEverything() {
    var random = SplitMix64(9)
    let x = random.floats(100)
    var y = [Float](repeating: 0, count: 100)
    mdlm_dropout(x, &y, 0, [1, 2], 3, 4, 5, 4, 25)
    #expect(y == x)
  }
}
