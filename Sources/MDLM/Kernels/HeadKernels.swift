internal import CVectorKernels

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The vocabulary projection, softmax, loss and their gradients together, a block of rows at a time.
///
/// Legend: M rows of D features, V tokens. A block's logits are made, turned into exponentials and
/// later into gradients in tiles of columns that fit in cache; they are stored tile after tile, for
/// one block of rows only. No `[M, V]` tensor exists.
struct HeadKernels {
  let features: UnsafePointer<Float>  // [M, D]
  let weight: UnsafePointer<Float>  // [V, D]
  let bias: UnsafePointer<Float>  // [V]
  let targets: UnsafePointer<Int32>  // [M]
  /// A token that never is the answer, or −1.
  let excluded: Int
  let loss: any LogitLoss
  let rows: Int
  let width: Int
  let vocabulary: Int
  let device: Device

  /// Where the gradients of Σ weights · loss are added, where they are wanted.
  struct Gradients {
    let rowWeights: UnsafePointer<Float>
    let features: UnsafeMutablePointer<Float>?
    let weight: UnsafeMutablePointer<Float>?
    let bias: UnsafeMutablePointer<Float>?
  }

  /// Rows per block: enough to make reading all weights worthwhile.
  private var blocks: BlockPartition {
    BlockPartition(rows, largest: 640, smallest: 64, inPairs: false)
  }
  /// The vocabulary in parts that threads take.
  private var tiles: BlockPartition { BlockPartition(vocabulary, largest: 256, smallest: 64) }

  /// What is written for every row, in nats.
  struct Scores {
    /// The loss.
    let losses: UnsafeMutablePointer<Float>
    /// −log of the largest probability.
    let lowest: UnsafeMutablePointer<Float>
  }

  /// Writes the scores of every row; also adds up gradients where they are wanted.
  func run(_ scores: Scores, gradients: Gradients?) {
    let (blocks, tiles) = (blocks, tiles)
    // Without gradients a tile is done with once its sums are known: each thread reuses one.
    let kept = gradients == nil ? 0 : blocks.size * vocabulary
    let perRow = 2 * tiles.blocks + Statistics.perRow
    device.buffers.withScratch(kept + blocks.size * perRow) { scratch in
      let statistics = Statistics(scratch + kept, rows: blocks.size, tiles: tiles.blocks)
      for index in 0..<blocks.blocks {
        let block = blocks[index]
        device.workers.forEach(tiles.blocks) { tile in
          if gradients != nil {
            exponentials(
              block, tile, in: scratch + tiles[tile].lowerBound * block.count, statistics)
          } else {
            device.buffers.withScratch(block.count * tiles.size) {
              exponentials(block, tile, in: $0, statistics)
            }
          }
        }
        putTogether(block, statistics, scores, weights: gradients?.rowWeights)
        if let gradients { backward(block, scratch, statistics, gradients) }
      }
    }
  }

  /// What is known of every row of a block.
  private struct Statistics {
    private let start: UnsafeMutablePointer<Float>
    private let rows: Int
    let tiles: Int

    init(_ start: UnsafeMutablePointer<Float>, rows: Int, tiles: Int) {
      self.start = start
      self.rows = rows
      self.tiles = tiles
    }

    /// Values of a row that are not of one tile.
    static let perRow = 6

    /// The logit of the right token.
    var target: UnsafeMutablePointer<Float> { start }
    /// log Σ e^logit over the whole row.
    var logSum: UnsafeMutablePointer<Float> { start + rows }
    /// The logit of the other token that the loss reads.
    var other: UnsafeMutablePointer<Float> { start + 2 * rows }
    /// What the softmax counts in the gradient.
    var softmaxFactor: UnsafeMutablePointer<Float> { start + 3 * rows }
    /// What the right token counts in the gradient.
    var targetFactor: UnsafeMutablePointer<Float> { start + 4 * rows }
    /// What the other token counts in the gradient.
    var otherFactor: UnsafeMutablePointer<Float> { start + 5 * rows }
    /// The largest logit in one tile.
    func largest(_ tile: Int) -> UnsafeMutablePointer<Float> {
      start + (Self.perRow + 2 * tile) * rows
    }
    /// The sum of exponentials in one tile, relative to the largest.
    func sum(_ tile: Int) -> UnsafeMutablePointer<Float> {
      start + (Self.perRow + 1 + 2 * tile) * rows
    }
  }

  private func exponentials(
    _ block: Range<Int>, _ index: Int, in tile: UnsafeMutablePointer<Float>,
    _ statistics: Statistics
  ) {
    let columns = tiles[index]
    Projection.tile(
      input: features + block.lowerBound * width, weight: weight + columns.lowerBound * width,
      output: tile, stride: columns.count, rows: block.count, columns: columns.count,
      inner: width, device.buffers)
    mdlm_softmax_tile(
      tile, bias + columns.lowerBound, targets + block.lowerBound, excluded, loss.other ?? -1,
      columns.lowerBound, statistics.largest(index), statistics.sum(index), statistics.target,
      statistics.other, block.count, columns.count)
  }

  /// Writes the log-sum and the scores of every row, from its tiles, and what its gradient needs
  /// where there are weights.
  private func putTogether(
    _ block: Range<Int>, _ statistics: Statistics, _ scores: Scores,
    weights: UnsafePointer<Float>?
  ) {
    let parts = BlockPartition(block.count, largest: 32, smallest: 8)
    device.workers.forEach(parts.blocks) { part in
      for row in parts[part] {
        var largest = statistics.largest(0)[row]
        for tile in 1..<max(1, statistics.tiles) {
          largest = max(largest, statistics.largest(tile)[row])
        }
        var sum = 0.0
        for tile in 0..<statistics.tiles {
          sum +=
            Double(statistics.sum(tile)[row])
            * Double(exp(statistics.largest(tile)[row] - largest))
        }
        let logSum = Double(largest) + log(sum)
        statistics.logSum[row] = Float(logSum)
        let index = block.lowerBound + row
        let terms = loss.terms(
          row: index, logSum: logSum, target: Double(statistics.target[row]),
          other: loss.other == nil ? 0 : Double(statistics.other[row]))
        scores.losses[index] = Float(terms.loss)
        scores.lowest[index] = Float(logSum - Double(largest))
        guard let weight = weights?[index] else { continue }
        statistics.softmaxFactor[row] = weight * Float(terms.softmax)
        statistics.targetFactor[row] = weight * Float(terms.target)
        statistics.otherFactor[row] = weight * Float(terms.other)
      }
    }
  }

  /// Turns exponentials into the gradient of the logits, and that into the other gradients.
  private func backward(
    _ block: Range<Int>, _ exponentials: UnsafeMutablePointer<Float>, _ statistics: Statistics,
    _ gradients: Gradients
  ) {
    // Sums over the vocabulary are taken in as many parts as there may be threads, then in order.
    let groups = BlockPartition(tiles.blocks, largest: max(1, tiles.blocks / 16), smallest: 1)
    let partSize = block.count * width
    device.buffers.withScratch(groups.blocks * partSize) { parts in
      device.workers.forEach(groups.blocks) { group in
        for index in groups[group] {
          let tile = exponentials + tiles[index].lowerBound * block.count
          mdlm_logit_gradient(
            tile, statistics.largest(index), statistics.logSum, statistics.softmaxFactor,
            statistics.targetFactor, statistics.otherFactor, targets + block.lowerBound,
            loss.other ?? -1, tiles[index].lowerBound,
            gradients.bias.map { $0 + tiles[index].lowerBound }, block.count, tiles[index].count)
          multiply(
            tile, tiles[index], block,
            features: gradients.features == nil ? nil : parts + group * partSize,
            weight: gradients.weight, beta: index == groups[group].lowerBound ? 0 : 1)
        }
      }
      guard let target = gradients.features else { return }
      let sums = BlockPartition(block.count, largest: 32, smallest: 8)
      device.workers.forEach(sums.blocks) { index in
        let (start, count) = (sums[index].lowerBound * width, sums[index].count * width)
        for group in 0..<groups.blocks {
          mdlm_accumulate(
            parts + group * partSize + start, 1, target + block.lowerBound * width + start, count)
        }
      }
    }
  }

  /// The products of one tile of the logits' gradient.
  private func multiply(
    _ tile: UnsafeMutablePointer<Float>, _ columns: Range<Int>, _ block: Range<Int>,
    features target: UnsafeMutablePointer<Float>?, weight gradient: UnsafeMutablePointer<Float>?,
    beta: Float
  ) {
    if let gradient {  // dW += dLogitsᵀ · features
      MDLM.multiply(
        MatrixView(tile, stride: columns.count, transposed: true),
        MatrixView(features + block.lowerBound * width, stride: width),
        into: gradient + columns.lowerBound * width, stride: width,
        rows: columns.count, columns: width, inner: block.count, beta: 1)
    }
    if let target {  // dFeatures = dLogits · W
      MDLM.multiply(
        MatrixView(tile, stride: columns.count),
        MatrixView(weight + columns.lowerBound * width, stride: width),
        into: target, stride: width, rows: block.count, columns: width, inner: columns.count,
        beta: beta)
    }
  }
}
