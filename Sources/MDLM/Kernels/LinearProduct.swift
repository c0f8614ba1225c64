/// The products in the backward pass of a linear layer Y = X · Wᵀ, for X `[rows, inner]` and W
/// `[columns, inner]`.
struct LinearProduct {
  let rows: Int
  let columns: Int
  let inner: Int
  let device: Device

  /// dW = dYᵀ · X + beta · dW, split over rows and columns of W: a sum is never split by thread.
  func weightGradient(
    _ upstream: UnsafePointer<Float>, input: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>, beta: Float
  ) {
    let tiles = BlockGrid(
      rows: BlockPartition(columns, largest: 192),
      columns: BlockPartition(inner, largest: 768, inPairs: false))
    device.workers.forEach(tiles.count) { index in
      let (out, into) = tiles[index]
      multiply(
        MatrixView(upstream + out.lowerBound, stride: columns, transposed: true),
        MatrixView(input + into.lowerBound, stride: inner),
        into: gradient + out.lowerBound * inner + into.lowerBound, stride: inner,
        rows: out.count, columns: into.count, inner: rows, beta: beta)
    }
  }

  /// dX = dY · W + beta · dX.
  func inputGradient(
    _ upstream: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>, beta: Float
  ) {
    Projection(
      input: upstream, weight: weight, layout: .straight, output: gradient, beta: beta, rows: rows,
      columns: inner, inner: columns, device: device
    ).run()
  }
}
