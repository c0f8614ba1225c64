/// Row lengths around the widths of vector registers, where loops have a remainder.
let kernelSizes = [1, 3, 15, 16, 17, 255, 1000]

extension [Float] {
  /// Returns the result of `body`, which may write to these values.
  mutating func withPointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) -> Result
  ) -> Result? {
    withUnsafeMutableBufferPointer { $0.baseAddress.map(body) }
  }
}
