internal import CVectorKernels

/// The product of many rows with the weights of a linear layer: X · Wᵀ forward, dY · W backward.
struct Projection {
  /// How the weights lie in memory.
  enum Weights {
    /// `[columns, inner]`: forward.
    case transposed
    /// `[inner, columns]`: backward.
    case straight
  }

  let input: UnsafePointer<Float>  // [rows, inner]
  let weight: UnsafePointer<Float>
  var layout = Weights.transposed
  let output: UnsafeMutablePointer<Float>  // [rows, columns]
  /// What the output counts: 0 where it holds garbage, 1 to add to it.
  var beta: Float = 0
  let rows: Int
  let columns: Int
  let inner: Int
  let device: Device

  /// Columns that are brought together: they stay in cache while rows pass.
  private static let panel = 64

  /// Computes the product; `finish` is called for each block of rows, right after it is there.
  func run(_ finish: (Range<Int>) -> Void = { _ in }) {
    // Bringing the weights together costs as much as the products of a few dozen rows.
    if multipliesSmallMatricesInPlace && rows >= 256 { byPanels(finish) } else { direct(finish) }
  }

  private func direct(_ finish: (Range<Int>) -> Void) {
    let blocks = BlockPartition(rows)
    // A handful of rows is split by columns, so that every thread has its share of the weights.
    let parts = BlockPartition(columns, largest: blocks.blocks > 1 ? columns : 256, smallest: 64)
    device.workers.forEach(blocks.blocks * parts.blocks) { index in
      let (block, part) = (blocks[index / parts.blocks], parts[index % parts.blocks])
      let first = part.lowerBound
      multiply(
        MatrixView(input + block.lowerBound * inner, stride: inner),
        layout == .transposed
          ? MatrixView(weight + first * inner, stride: inner, transposed: true)
          : MatrixView(weight + first, stride: columns),
        into: output + block.lowerBound * columns + first, stride: columns,
        rows: block.count, columns: part.count, inner: inner, beta: beta)
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

  /// Copies the weights once, panel after panel, so that products are made in place and in cache.
  private func byPanels(_ finish: (Range<Int>) -> Void) {
    let width = Self.panel
    let panels = (columns + width - 1) / width
    device.buffers.withScratch(columns * inner) { gathered in
      device.workers.forEach(panels) { panel in
        let first = panel * width
        let (count, target) = (min(width, columns - first), gathered + first * inner)
        switch layout {
        case .transposed:
          mdlm_transpose(weight + first * inner, inner, target, count, count, inner)
        case .straight: mdlm_copy_rows(weight + first, columns, target, count, inner, count)
        }
      }
      let blocks = BlockPartition(rows, largest: 288)
      device.workers.forEach(blocks.blocks) { index in
        let block = blocks[index]
        for first in stride(from: 0, to: columns, by: width) {
          let count = min(width, columns - first)
          multiply(
            MatrixView(input + block.lowerBound * inner, stride: inner),
            MatrixView(gathered + first * inner, stride: count),
            into: output + block.lowerBound * columns + first, stride: columns,
            rows: block.count, columns: count, inner: inner, beta: beta)
        }
        finish(block)
      }
    }
  }
}
