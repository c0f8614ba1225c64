internal import COpenBLAS
internal import CVectorKernels

/// A matrix of consecutive rows that is multiplied by vectors, on the calling thread.
///
/// Every element serves once, so the product is as fast as memory gives the matrix; sgemm for a single
/// row would copy it first.
struct MatrixVectorProduct {
  let matrix: UnsafePointer<Float>
  let rows: Int
  let columns: Int

  /// y = A·x.
  func times(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    mdlm_row_dots(matrix, columns, x, 0, y, rows, columns)
  }

  /// y = Aᵀ·x.
  func transposedTimes(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    cblas_sgemv(
      CblasRowMajor, CblasTrans, blasint(rows), blasint(columns), 1, matrix, blasint(columns), x, 1,
      0, y, 1)
  }
}
