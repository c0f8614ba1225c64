internal import CVectorKernels

/// The vocabulary projection, softmax, loss and their gradients together, a block of rows at a time.
///
/// Legend: M rows of D features, V tokens. Logits exist for one block of rows only; no `[M, V]`
/// tensor is stored. Threads split the vocabulary in the products and the rows in the softmax.
struct HeadKernels {
  let features: UnsafePointer<Float>  // [M, D]
  let weight: UnsafePointer<Float>  // [V, D]
  let bias: UnsafePointer<Float>?  // [V]
  let rows: Int
  let width: Int
  let vocabulary: Int
  let device: Device

  /// Where the gradients of Σ weights · nll are added, where they are wanted.
  struct Gradients {
    let rowWeights: UnsafePointer<Float>
    let features: UnsafeMutablePointer<Float>?
    let weight: UnsafeMutablePointer<Float>?
    let bias: UnsafeMutablePointer<Float>?
  }

  /// Rows per block: about 32 MB of logits, and enough rows to make the products worthwhile.
  private var partition: BlockPartition {
    BlockPartition(rows, largest: max(64, min(1024, (8 << 20) / vocabulary)), smallest: 64)
  }

  /// Writes −log p(target) of every row to `nll`; also adds up gradients where they are wanted.
  func crossEntropy(
    targets: UnsafePointer<Int32>, excluded: Int, nll: UnsafeMutablePointer<Float>,
    gradients: Gradients?
  ) {
    let partition = partition
    device.buffers.withScratch(partition.size * vocabulary) { logits in
      for index in 0..<partition.blocks {
        let block = partition[index]
        project(block, into: logits)
        softmax(
          block, logits, targets: targets, excluded: excluded, nll: nll,
          weights: gradients?.rowWeights)
        if let gradients { backward(block, logits, gradients) }
      }
    }
  }

  /// logits = features · weightᵀ for one block of rows, without the bias.
  func project(_ block: Range<Int>, into logits: UnsafeMutablePointer<Float>) {
    let tiles = tiles
    device.workers.forEach(tiles.blocks) { index in
      let tile = tiles[index]
      Projection.tile(
        input: features + block.lowerBound * width, weight: weight + tile.lowerBound * width,
        output: logits + tile.lowerBound, stride: vocabulary, rows: block.count,
        columns: tile.count, inner: width, device.buffers)
    }
  }

  /// The vocabulary in parts that threads take.
  private var tiles: BlockPartition { BlockPartition(vocabulary, largest: 512, smallest: 64) }

  private func softmax(
    _ block: Range<Int>, _ logits: UnsafeMutablePointer<Float>, targets: UnsafePointer<Int32>,
    excluded: Int, nll: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>?
  ) {
    let parts = BlockPartition(block.count, largest: 16, smallest: 4)
    device.workers.forEach(parts.blocks) { index in
      let part = parts[index]
      let start = block.lowerBound + part.lowerBound
      mdlm_cross_entropy(
        logits + part.lowerBound * vocabulary, bias, targets + start, weights.map { $0 + start },
        excluded, nll + start, part.count, vocabulary)
    }
  }

  /// `logits` now holds the gradient of the loss with respect to them.
  private func backward(
    _ block: Range<Int>, _ logits: UnsafeMutablePointer<Float>, _ gradients: Gradients
  ) {
    let first = block.lowerBound * width
    if let target = gradients.features {
      let rowParts = BlockPartition(block.count, largest: 96)
      device.workers.forEach(rowParts.blocks) { index in
        let part = rowParts[index]
        multiply(  // dFeatures += dLogits · W
          MatrixView(logits + part.lowerBound * vocabulary, stride: vocabulary),
          MatrixView(weight, stride: width),
          into: target + first + part.lowerBound * width, stride: width,
          rows: part.count, columns: width, inner: vocabulary, beta: 1)
      }
    }
    let tiles = tiles
    device.workers.forEach(tiles.blocks) { index in
      let tile = tiles[index]
      if let target = gradients.weight {
        multiply(  // dW += dLogitsᵀ · features
          MatrixView(logits + tile.lowerBound, stride: vocabulary, transposed: true),
          MatrixView(features + first, stride: width),
          into: target + tile.lowerBound * width, stride: width,
          rows: tile.count, columns: width, inner: block.count, beta: 1)
      }
      guard let target = gradients.bias else { return }
      for row in 0..<block.count {
        mdlm_accumulate(
          logits + row * vocabulary + tile.lowerBound, 1, target + tile.lowerBound, tile.count)
      }
    }
  }
}
