/// Some columns of a matrix, such as one of the six vectors that adaptive normalization cuts from
/// its modulation.
struct ColumnSlice {
  let tensor: Tensor
  let columns: Range<Int>

  /// The `index`-th of equal slices of `width` columns.
  init(_ tensor: Tensor, chunk index: Int, width: Int) {
    self.init(tensor, columns: index * width..<(index + 1) * width)
  }

  init(_ tensor: Tensor, columns: Range<Int>) {
    require(
      columns.lowerBound >= 0 && columns.upperBound <= tensor.width,
      "[ColumnSlice] columns \(columns) of shape \(tensor.shape)")
    self.tensor = tensor
    self.columns = columns
  }

  var width: Int { columns.count }

  /// The first of the slice's values in row `row`.
  func row(_ row: Int) -> UnsafeMutablePointer<Float> {
    tensor.pointer + row * tensor.width + columns.lowerBound
  }
}

extension Gradients {
  /// Adds `values` (`[rows, slice.width]`) to the gradient of the sliced columns.
  func add(_ values: UnsafePointer<Float>, to slice: ColumnSlice) {
    addOntoZero(to: slice.tensor) { gradient in
      let (width, stride) = (slice.width, slice.tensor.width)
      for row in 0..<slice.tensor.rows {
        let target = gradient + row * stride + slice.columns.lowerBound
        for column in 0..<width { target[column] += values[row * width + column] }
      }
    }
  }
}
