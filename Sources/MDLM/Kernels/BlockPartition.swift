/// Splits `count` rows into equal blocks whose borders depend on `count` alone.
///
/// Every sum is taken block by block in order, so results are the same for any number of threads.
struct BlockPartition {
  let count: Int
  let size: Int

  /// - Parameters:
  ///   - count: Rows to split.
  ///   - largest: The most rows in a block.
  ///   - smallest: Below this many rows a block is not worth a fork.
  ///   - inPairs: Whether there should be an even number of blocks, so that two threads finish
  ///     together.
  init(_ count: Int, largest: Int = 256, smallest: Int = 32, inPairs: Bool = true) {
    self.count = count
    let step = inPairs ? 2 : 1
    let parts = step * max(1, (count + step * largest - 1) / (step * largest))
    let even = (count + parts - 1) / parts
    size = max(smallest, (even + 15) / 16 * 16)
  }

  var blocks: Int { (count + size - 1) / size }

  subscript(block: Int) -> Range<Int> { block * size..<min(count, (block + 1) * size) }
}

/// A matrix split into blocks of rows and blocks of columns.
struct BlockGrid {
  let rows: BlockPartition
  let columns: BlockPartition

  var count: Int { rows.blocks * columns.blocks }

  /// Blocks one after another, row by row of the grid.
  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    (rows[index / columns.blocks], columns[index % columns.blocks])
  }
}
