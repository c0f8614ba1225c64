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

  /// The matrix without its first `row` rows and `column` columns.
  func from(_ row: Int, _ column: Int) -> MatrixView {
    MatrixView(
      pointer + (isTransposed ? column * stride + row : row * stride + column), stride: stride,
      transposed: isTransposed)
  }
}

/// Whether OpenBLAS multiplies small matrices where they lie, without packing them first.
///
/// Its kernels for AVX-512 do so for up to a million multiply-adds, unless B is transposed, and come
/// within a few percent of the processor's peak; with packing it is nearer to nine tenths, less where
/// a side is short.
let multipliesSmallMatricesInPlace: Bool = {
  let core = openblas_get_corename().map { String(cString: $0).lowercased() }
  return ["skylakex", "cooperlake", "sapphirerapids"].contains(core)
}()

/// The sizes of a product that is multiplied in place: 786,432 multiply-adds.
private enum Tile {
  static let rows = 96
  static let columns = 64
  static let inner = 128
}

/// C = A·B + beta·C on the calling thread, with C `[rows, columns]` and `inner` summed away.
///
/// The order of the sums depends on the sizes alone.
func multiply(
  _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride: Int,
  rows: Int, columns: Int, inner: Int, beta: Float = 0
) {
  guard multipliesSmallMatricesInPlace && !b.isTransposed && inner > 0 else {
    return sgemm(
      a, b, into: c, stride: stride, rows: rows, columns: columns, inner: inner, beta: beta)
  }
  func part(_ i: Range<Int>, _ j: Range<Int>, _ k: Range<Int>) {
    sgemm(
      a.from(i.lowerBound, k.lowerBound), b.from(k.lowerBound, j.lowerBound),
      into: c + i.lowerBound * stride + j.lowerBound, stride: stride, rows: i.count,
      columns: j.count, inner: k.count, beta: k.lowerBound == 0 ? beta : 1)
  }
  // A flat product gets wider tiles, so that a call is worth its while.
  let width = Tile.columns * max(1, Tile.rows / max(1, rows))
  if a.isTransposed {
    // Both operands are read once, from the top down, while C stays in cache.
    forEachTile(of: inner, Tile.inner) { k in
      forEachTile(of: rows, Tile.rows) { i in
        forEachTile(of: columns, width) { j in part(i, j, k) }
      }
    }
  } else {
    // A column of tiles of B stays in cache while the rows of A pass.
    forEachTile(of: columns, width) { j in
      forEachTile(of: rows, Tile.rows) { i in
        forEachTile(of: inner, Tile.inner) { k in part(i, j, k) }
      }
    }
  }
}

/// C = A·B + beta·C in one call of BLAS.
func sgemm(
  _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride: Int,
  rows: Int, columns: Int, inner: Int, beta: Float
) {
  cblas_sgemm(
    CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
    b.isTransposed ? CblasTrans : CblasNoTrans,
    blasint(rows), blasint(columns), blasint(inner),
    1, a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, c, blasint(stride))
}

private func forEachTile(of count: Int, _ size: Int, _ body: (Range<Int>) -> Void) {
  var start = 0
  while start < count {
    body(start..<min(start + size, count))
    start += size
  }
}
