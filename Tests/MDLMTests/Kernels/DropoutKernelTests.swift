import CVectorKernels
import Testing

@testable import MDLM

/// Dropout decides by the words of Philox, which it computes many at a time.
struct DropoutKernelTests {
  private let key = RandomKey(seed: 0xFEDC_BA98_7654_3210, stream: .attentionDropout, step: 9)
  private let addresses: [UInt32] = [40, 7, .max, 0, 41]

  /// A block is 64 columns: widths around it, around its multiples and around four.
  @Test(
    arguments: kernelSizes + [2, 4, 5, 60, 61, 63, 64, 65, 127, 128, 129, 190, 192, 768],
    [Float(0.1), 0.25, 0.999])
  func decidesByTheWordsOfPhilox(width: Int, rate: Float) {
    var random = SplitMix64(UInt64(width))
    let x = random.floats(addresses.count * width)
    let (threshold, scale) = (UInt32(Double(rate) * 0x1p32), 1 / (1 - rate))
    let expected = x.indices.map { index in
      let (row, column) = (index / width, index % width)
      let words = philox(
        SIMD4(UInt32(column / 4), addresses[row], key.step, key.stream.rawValue), key: key.words)
      return words[column % 4] < threshold ? 0 : x[index] * scale
    }
    #expect(dropped(x, rate, addresses) == expected)
  }

  /// Rows that are split, chosen and reordered draw what they would draw together.
  @Test(arguments: [3, 64, 100, 250]) func rowsAreIndependent(width: Int) {
    let ones = [Float](repeating: 1, count: addresses.count * width)
    let whole = dropped(ones, 0.5, addresses)
    for rows in [[0, 1], [2, 3, 4], [4], [3, 1], [1, 1]] {
      let part = dropped(
        Array(ones.prefix(rows.count * width)), 0.5, rows.map { addresses[$0] })
      #expect(part == rows.flatMap { whole[$0 * width..<($0 + 1) * width] })
    }
  }

  @Test(arguments: [25, 64]) func writesInPlaceAndNoFurther(width: Int) {
    var random = SplitMix64(3)
    let x = random.floats(addresses.count * width)
    var y = x + [Float](repeating: 7, count: 64)
    y.withPointer { run($0, $0, 0.5, addresses, width) }
    #expect(y == dropped(x, 0.5, addresses) + [Float](repeating: 7, count: 64))
  }

  @Test func rateZeroKeepsEverything() {
    var random = SplitMix64(9)
    let x = random.floats(addresses.count * 25)
    #expect(dropped(x, 0, addresses) == x)
  }

  private func dropped(_ x: [Float], _ rate: Float, _ addresses: [UInt32]) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    y.withPointer { run(x, $0, rate, addresses, x.count / addresses.count) }
    return y
  }

  private func run(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rate: Float,
    _ addresses: [UInt32], _ width: Int
  ) {
    mdlm_dropout(
      x, y, rate, [key.words.x, key.words.y], key.step, key.stream.rawValue, addresses,
      addresses.count, width)
  }
}
