internal import CVectorKernels

/// The product X · Wᵀ of a linear layer, for X `[rows, inner]` and W `[columns, inner]`.
struct Projection {
  let input: UnsafePointer<Float>
  let weight: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let inner: Int
  let device: Device

  /// Columns of Wᵀ that lie together once it is transposed: they stay in cache while rows pass.
  private static let panel = 64

  /// Computes the product; `finish` is called for each block of rows, right after it is there.
  func run(_ finish: (Range<Int>) -> Void) {
    // Transposing the weights costs as much as the products of a few dozen rows.
    if multipliesSmallMatricesInPlace && rows >= 256 { byPanels(finish) } else { direct(finish) }
  }

  private func direct(_ finish: (Range<Int>) -> Void) {
    let blocks = BlockPartition(rows)
    // A handful of rows is split by columns, so that every thread has its share of the weights.
    let parts = BlockPartition(columns, largest: blocks.blocks > 1 ? columns : 256, smallest: 64)
    device.workers.forEach(blocks.blocks * parts.blocks) { index in
      let (block, part) = (blocks[index / parts.blocks], parts[index % parts.blocks])
      sgemm(
        MatrixView(input + block.lowerBound * inner, stride: inner),
        MatrixView(weight + part.lowerBound * inner, stride: inner, transposed: true),
        into: output + block.lowerBound * columns + part.lowerBound, stride: columns,
        rows: block.count, columns: part.count, inner: inner, beta: 0)
      if parts.blocks == 1 { finish(block) }
    }
    if parts.blocks > 1 { finish(0..<rows) }
  }

  /// The product for a few columns on the calling thread, panel after panel.
  static func tile(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int, inner: Int,
    _ buffers: BufferPool
  ) {
    guard multipliesSmallMatricesInPlace && rows >= panel else {
      return sgemm(
        MatrixView(input, stride: inner), MatrixView(weight, stride: inner, transposed: true),
        into: output, stride: stride, rows: rows, columns: columns, inner: inner, beta: 0)
    }
    buffers.withScratch(panel * inner) { transposed in
      for first in Swift.stride(from: 0, to: columns, by: panel) {
        let count = min(panel, columns - first)
        mdlm_transpose(weight + first * inner, inner, transposed, count, count, inner)
        multiply(
          MatrixView(input, stride: inner), MatrixView(transposed, stride: count),
          into: output + first, stride: stride, rows: rows, columns: count, inner: inner)
      }
    }
  }

  /// Transposes the weights once, panel after panel, so that all products are made in place.
  private func byPanels(_ finish: (Range<Int>) -> Void) {
    let width = Self.panel
    let panels = (columns + width - 1) / width
    device.buffers.withScratch(columns * inner) { transposed in
      device.workers.forEach(panels) { panel in
        let first = panel * width
        let count = min(width, columns - first)
        mdlm_transpose(
          weight + first * inner, inner, transposed + first * inner, count, count, inner)
      }
      let blocks = BlockPartition(rows, largest: 288)
      device.workers.forEach(blocks.blocks) { index in
        let block = blocks[index]
        for first in stride(from: 0, to: columns, by: width) {
          let count = min(width, columns - first)
          multiply(
            MatrixView(input + block.lowerBound * inner, stride: inner),
            MatrixView(transposed + first * inner, stride: count),
            into: output + block.lowerBound * columns + first, stride: columns,
            rows: block.count, columns: count, inner: inner)
        }
        finish(block)
      }
    }
  }
}
