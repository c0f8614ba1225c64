import CVectorKernels
import Testing

/// Sums and products of rows against plain loops in double precision.
struct SumKernelTests {
  @Test(arguments: kernelSizes + [1024, 1025, 5000]) func sumOfSquares(count: Int) {
    var random = SplitMix64(5)
    let x = random.floats(count)
    let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(relativeDeviation(mdlm_sum_of_squares(x, count), expected) <= 1e-6)
  }

  @Test func sumOfNoSquaresIsZero() { #expect(mdlm_sum_of_squares([1], 0) == 0) }

  @Test(arguments: kernelSizes) func accumulate(count: Int) {
    var random = SplitMix64(6)
    let (x, start) = (random.floats(count), random.floats(count))
    var y = start
    mdlm_accumulate(x, -1.5, &y, count)
    #expect(
      relativeDeviation(y, zip(start, x).map { Double($0) - 1.5 * Double($1) }) <= 2e-7)
  }

  @Test(arguments: kernelSizes) func columnSums(width: Int) {
    var random = SplitMix64(7)
    let rows = 5
    let x = random.floats(rows * width)
    var sums = [Float](repeating: 1, count: width)
    mdlm_add_column_sums(x, &sums, rows, width)
    let expected = (0..<width).map { column in
      (0..<rows).reduce(1.0) { $0 + Double(x[$1 * width + column]) }
    }
    #expect(relativeDeviation(sums, expected) <= 5e-7)
  }

  /// Rows may lie apart, as the heads of one matrix do.
  @Test(arguments: kernelSizes) func rowDots(width: Int) {
    var random = SplitMix64(8)
    let (rows, strideA, strideB) = (3, width + 2, width + 5)
    let (a, b) = (random.floats(rows * strideA), random.floats(rows * strideB))
    var dots = [Float](repeating: 0, count: rows)
    mdlm_row_dots(a, strideA, b, strideB, &dots, rows, width)
    for row in 0..<rows {
      let products = (0..<width).map {
        Double(a[row * strideA + $0]) * Double(b[row * strideB + $0])
      }
      let size = products.reduce(0) { $0 + abs($1) }
      #expect(abs(Double(dots[row]) - products.reduce(0, +)) <= 5e-7 * size)
    }
  }

  @Test(arguments: kernelSizes) func scaleRowsLeavesTheGapsAlone(width: Int) {
    let (rows, stride) = (3, width + 2)
    var x = [Float](repeating: 1, count: rows * stride)
    mdlm_scale_rows(&x, stride, [2, 3, 4], rows, width)
    for (index, value) in x.enumerated() {
      #expect(value == (index % stride < width ? Float(index / stride + 2) : 1))
    }
  }
}
