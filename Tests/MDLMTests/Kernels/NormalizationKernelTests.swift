import CVectorKernels
import Testing

/// Layer normalization against its definition in double precision.
struct NormalizationKernelTests {
  /// Rows of mean m and deviation 1 lose a few times m · 6e-8, since the mean itself is rounded.
  ///
  /// E[x²] − m² would be wrong by m² · 6e-8, 50 % for m = 3000.
  @Test(arguments: kernelSizes, [Float(0), 3000])
  func rowsOfLargeMean(width: Int, mean: Float) {
    var random = SplitMix64(UInt64(width))
    let rows = 3
    let x = random.floats(rows * width, in: mean - 2...mean + 2)
    let (gain, shift) = (random.floats(width), random.floats(width))
    var y = [Float](repeating: 0, count: rows * width)
    var (means, rstd) = ([Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
    mdlm_layer_norm(x, gain, shift, &y, &means, &rstd, 1e-5, rows, width)

    let input = DoubleTensor(shape: [rows, width], values: x.map(Double.init))
    let scaled = input.normalized(
      weight: DoubleTensor(shape: [width], values: gain.map(Double.init)))
    let expected = (0..<rows * width).map { scaled.values[$0] + Double(shift[$0 % width]) }
    // A row of one value has no deviation: ε alone keeps rounding errors from growing by 1/√ε.
    let magnification = width == 1 ? 316.0 : 1
    let tolerance = (1e-6 + Double(mean) * 5e-7) * magnification
    #expect(relativeDeviation(y, expected) <= tolerance)
  }

  @Test func rowsOfEqualValuesBecomeTheShift() {
    let (x, shift) = ([Float](repeating: 7, count: 20), [Float](repeating: 0.25, count: 20))
    var (y, mean, rstd) = (x, [Float(0)], [Float(0)])
    mdlm_layer_norm(x, x, shift, &y, &mean, &rstd, 1e-5, 1, 20)
    #expect(y == shift)
  }
}
