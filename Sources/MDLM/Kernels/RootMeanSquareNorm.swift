internal import CVectorKernels

/// Root-mean-square normalization (arXiv 1910.07467): y = x · weight / √(mean x² + ε), row by row.
func normalizeByRootMeanSquare(
  _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  epsilon: Float, rows: Int, width: Int
) {
  for row in 0..<rows {
    let (source, target) = (x + row * width, y + row * width)
    var squares: Float = 0
    mdlm_row_dots(source, width, source, width, &squares, 1, width)
    let factor = 1 / (squares / Float(width) + epsilon).squareRoot()
    for column in 0..<width { target[column] = source[column] * factor * weight[column] }
  }
}
