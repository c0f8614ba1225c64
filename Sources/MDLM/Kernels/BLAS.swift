internal import COpenBLAS

/// Leaves the division of work to ``ForkJoinPool``.
///
/// OpenBLAS with threads of its own inside a fork-join region falls to two thirds of its speed.
func useSingleThreadedBLAS() { openblas_set_num_threads(1) }

/// The BLAS build and the processor core it chose its kernels for, for bug reports.
public func blasDescription() -> String {
  let configuration = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
  return configuration.split(separator: " ").prefix(2).joined(separator: " ")
    + " (" + (openblas_get_corename().map { String(cString: $0) } ?? "unknown core") + ")"
}

/// A row-major matrix in memory, or its transpose, as one operand of ``multiply(_:_:into:_:)``.
struct MatrixView {
  let pointer: UnsafePointer<Float>
  /// Floats from one stored row to the next.
  let stride: Int
  let isTransposed: Bool

  init(_ pointer: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
    self.pointer = pointer
    self.stride = stride
    isTransposed = transposed
  }

  init(_ pointer: UnsafeMutablePointer<Float>, stride: Int, transposed: Bool = false) {
    self.init(UnsafePointer(pointer), stride: stride, transposed: transposed)
  }
}

/// C = A·B + beta·C on the calling thread, with C `[rows, columns]` and `inner` summed away.
func multiply(
  _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride: Int,
  rows: Int, columns: Int, inner: Int, beta: Float = 0
) {
  cblas_sgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
    b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(rows), blasint(columns), blasint(inner),
    1, a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, c, blasint(stride))
}
