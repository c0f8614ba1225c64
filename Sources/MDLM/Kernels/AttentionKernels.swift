internal import CVectorKernels

/// Scaled dot-product attention with rotary positions, one head of one sequence at a time.
///
/// Legend: B sequences of L keys, R queries, H heads of d columns. A task gathers its head into
/// scratch memory, so that every product reads consecutive rows and none reads a transposed second
/// factor. Scores of one block of queries fit in cache; no `[B, H, L, L]` tensor exists, and keys that
/// no query of the block sees are left out. The backward pass makes the scores again from q, k and the
/// saved log-sums.
struct AttentionKernels {
  /// Some columns of a matrix: H heads of d values, rows `stride` floats apart.
  struct Heads {
    let pointer: UnsafeMutablePointer<Float>
    let stride: Int
  }

  let queries: Heads  // [R, H·d]
  let keys: Heads  // [B·L, H·d]
  let values: Heads  // [B·L, H·d]
  let selection: RowSelection
  let length: Int
  let heads: Int
  let headSize: Int
  let rotary: RotaryTable
  let pattern: AttentionPattern
  let device: Device

  private var sequences: Int { selection.starts.count - 1 }
  private var scale: Float { 1 / Float(headSize).squareRoot() }

  /// Writes the attention output `[R, H·d]` and the log-sum of every row of scores `[H, R]`.
  func forward(output: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>) {
    forEachHead { sequence, head in
      let rows = selection[sequence]
      let blocks = BlockPartition(rows.count, largest: 96, smallest: 16)
      let (queryCount, keyCount) = (rows.count * headSize, length * headSize)
      let counts = [queryCount, keyCount, keyCount, keyCount, blocks.size * length, blocks.size]
      withScratch(counts) { scratch in
        let (q, kT, v, scores) = (scratch[0], scratch[1], scratch[2], scratch[4])
        gather(queries, rows, head, rotated: 1, positions: rows.lowerBound, into: q)
        gather(keys, keyRows(sequence), head, rotated: 1, into: scratch[3])
        mdlm_transpose(scratch[3], headSize, kT, length, length, headSize)
        gather(values, keyRows(sequence), head, into: v)
        for index in 0..<blocks.blocks {
          let block = Block(blocks[index], of: rows, self)
          let first = block.selected.lowerBound
          let target = output + first * heads * headSize + head * headSize
          score(q, kT, block, into: scores)
          overwriteHidden(scores, block, with: AttentionPattern.hiddenScore)
          mdlm_softmax_scores(
            scores, scale, scratch[5], logSums + head * selection.rows.count + first,
            block.count, block.keys.count)
          overwriteHidden(scores, block, with: 0)
          block.keys.forEach { run, column in
            multiply(
              MatrixView(scores + column, stride: block.keys.count),
              MatrixView(v + run.lowerBound * headSize, stride: headSize),
              into: target, stride: heads * headSize, rows: block.count, columns: headSize,
              inner: run.count, beta: column == 0 ? 0 : 1)
          }
          mdlm_scale_rows(target, heads * headSize, scratch[5], block.count, headSize)
        }
      }
    }
  }

  /// Where the gradients go; the columns of every head are overwritten.
  struct Gradients {
    let queries: Heads
    let keys: Heads
    let values: Heads
  }

  /// Writes the gradients, given that of the output and what the forward pass saved.
  func backward(
    output: UnsafeMutablePointer<Float>, logSums: UnsafePointer<Float>,
    upstream: UnsafeMutablePointer<Float>, gradients: Gradients
  ) {
    let width = heads * headSize
    forEachHead { sequence, head in
      let (rows, keyRows) = (selection[sequence], keyRows(sequence))
      let blocks = BlockPartition(rows.count, largest: 96, smallest: 16)
      let (queryCount, keyCount) = (rows.count * headSize, length * headSize)
      let scores = blocks.size * length
      let counts = [
        queryCount, queryCount, queryCount, keyCount, keyCount, keyCount, keyCount, keyCount,
        scores, scores, blocks.size,
      ]
      withScratch(counts) { scratch in
        let task = BackwardTask(
          q: scratch[0], dO: scratch[1], dq: scratch[2], k: scratch[3], kT: scratch[4],
          vT: scratch[5], dk: scratch[6], dv: scratch[7], p: scratch[8], dp: scratch[9],
          delta: scratch[10])
        gather(queries, rows, head, rotated: 1, positions: rows.lowerBound, into: task.q)
        gather(Heads(pointer: upstream, stride: width), rows, head, into: task.dO)
        gather(keys, keyRows, head, rotated: 1, into: task.k)
        mdlm_transpose(task.k, headSize, task.kT, length, length, headSize)
        mdlm_transpose(
          start(of: values, keyRows.lowerBound, head), values.stride, task.vT, length, length,
          headSize)
        // The first block overwrites these if it sees every key; else they start at zero.
        var beta: Float = 0
        if rows.isEmpty || Block(blocks[0], of: rows, self).keys.count < length {
          task.dk.update(repeating: 0, count: keyCount)
          task.dv.update(repeating: 0, count: keyCount)
          beta = 1
        }
        for index in 0..<blocks.blocks {
          let block = Block(blocks[index], of: rows, self)
          let first = block.selected.lowerBound
          mdlm_row_dots(
            task.dO + block.start * headSize, headSize,
            output + first * width + head * headSize, width, task.delta, block.count, headSize)
          backward(
            task, block, logSums: logSums + head * selection.rows.count + first, beta: beta)
          beta = 1
        }
        scatter(
          task.dq, to: gradients.queries, rows, head, rotated: -1, positions: rows.lowerBound)
        scatter(task.dk, to: gradients.keys, keyRows, head, rotated: -1)
        scatter(task.dv, to: gradients.values, keyRows, head)
      }
    }
  }

  /// The scratch matrices of one head; kT and vT are `[d, L]`, p and dp `[block, seen keys]`, delta
  /// `[block]`, the others have a row of d values for each query or key.
  private struct BackwardTask {
    let q, dO, dq, k, kT, vT, dk, dv, p, dp, delta: UnsafeMutablePointer<Float>
  }

  private func backward(
    _ task: BackwardTask, _ block: Block, logSums: UnsafePointer<Float>, beta: Float
  ) {
    let (start, count, d) = (block.start * headSize, block.count, headSize)
    let seen = block.keys.count
    score(task.q, task.kT, block, into: task.p)
    mdlm_probabilities(task.p, scale, logSums, count, seen)
    overwriteHidden(task.p, block, with: 0)
    block.keys.forEach { run, column in
      multiply(  // dV += Pᵀ · dO
        MatrixView(task.p + column, stride: seen, transposed: true),
        MatrixView(task.dO + start, stride: d), into: task.dv + run.lowerBound * d, stride: d,
        rows: run.count, columns: d, inner: count, beta: beta)
      multiply(  // dP = dO · Vᵀ
        MatrixView(task.dO + start, stride: d),
        MatrixView(task.vT + run.lowerBound, stride: length),
        into: task.dp + column, stride: seen, rows: count, columns: run.count, inner: d)
    }
    mdlm_softmax_backward(task.p, task.dp, task.delta, scale, count, seen)
    block.keys.forEach { run, column in
      multiply(  // dQ = dS · K
        MatrixView(task.dp + column, stride: seen),
        MatrixView(task.k + run.lowerBound * d, stride: d), into: task.dq + start, stride: d,
        rows: count, columns: d, inner: run.count, beta: column == 0 ? 0 : 1)
      multiply(  // dK += dSᵀ · Q
        MatrixView(task.dp + column, stride: seen, transposed: true),
        MatrixView(task.q + start, stride: d), into: task.dk + run.lowerBound * d, stride: d,
        rows: run.count, columns: d, inner: count, beta: beta)
    }
  }

  /// scores = q · kᵀ for one block of queries and the keys it sees.
  private func score(
    _ q: UnsafeMutablePointer<Float>, _ kT: UnsafeMutablePointer<Float>, _ block: Block,
    into scores: UnsafeMutablePointer<Float>
  ) {
    block.keys.forEach { run, column in
      multiply(
        MatrixView(q + block.start * headSize, stride: headSize),
        MatrixView(kT + run.lowerBound, stride: length), into: scores + column,
        stride: block.keys.count, rows: block.count, columns: run.count, inner: headSize)
    }
  }

  /// Some queries of a sequence and the keys that any of them sees.
  private struct Block {
    /// The first of them, counted in the sequence's queries.
    let start: Int
    /// Counted among all selected rows.
    let selected: Range<Int>
    let keys: KeyRuns

    var count: Int { selected.count }

    /// The `range`-th of the selected rows `rows`.
    init(_ range: Range<Int>, of rows: Range<Int>, _ kernels: AttentionKernels) {
      start = range.lowerBound
      selected = rows.lowerBound + range.lowerBound..<rows.lowerBound + range.upperBound
      let positions = kernels.selection.positions
      keys = kernels.pattern.keys(
        seenFrom: Int(positions[selected.lowerBound])...Int(positions[selected.upperBound - 1]),
        length: kernels.length)
    }
  }

  private func overwriteHidden(
    _ scores: UnsafeMutablePointer<Float>, _ block: Block, with value: Float
  ) {
    pattern.overwriteHidden(
      scores, with: value, positions: selection.positions[block.selected], keys: block.keys,
      length: length)
  }
}

extension AttentionKernels {
  /// Calls `body` with every (sequence, head) on the device's threads.
  private func forEachHead(_ body: (_ sequence: Int, _ head: Int) -> Void) {
    device.workers.forEach(sequences * heads) { body($0 / heads, $0 % heads) }
  }

  private func keyRows(_ sequence: Int) -> Range<Int> {
    sequence * length..<(sequence + 1) * length
  }

  private func start(of matrix: Heads, _ row: Int, _ head: Int) -> UnsafeMutablePointer<Float> {
    matrix.pointer + row * matrix.stride + head * headSize
  }

  /// Copies one head's rows to consecutive ones, turned by their positions where `rotated` is given.
  ///
  /// Row i has position i, or that of the selected row `positions` + i.
  private func gather(
    _ matrix: Heads, _ rows: Range<Int>, _ head: Int, rotated: Float? = nil, positions: Int? = nil,
    into target: UnsafeMutablePointer<Float>
  ) {
    copy(
      start(of: matrix, rows.lowerBound, head), matrix.stride, to: target, headSize, rows.count,
      rotated, positions)
  }

  /// The opposite of ``gather(_:_:_:rotated:positions:into:)``.
  private func scatter(
    _ source: UnsafeMutablePointer<Float>, to matrix: Heads, _ rows: Range<Int>, _ head: Int,
    rotated: Float? = nil, positions: Int? = nil
  ) {
    copy(
      source, headSize, to: start(of: matrix, rows.lowerBound, head), matrix.stride, rows.count,
      rotated, positions)
  }

  private func copy(
    _ source: UnsafeMutablePointer<Float>, _ sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, _ targetStride: Int, _ rows: Int, _ rotated: Float?,
    _ positions: Int?
  ) {
    guard let rotated else {
      return mdlm_copy_rows(source, sourceStride, target, targetStride, rows, headSize)
    }
    selection.positions.withUnsafeBufferPointer { all in
      mdlm_rotate(
        source, sourceStride, target, targetStride, rotary.cosine, rotary.sine, rotated,
        positions.flatMap { first in all.baseAddress.map { $0 + first } }, rows, headSize)
    }
  }

  /// Calls `body` with scratch matrices of the given sizes, cut from one buffer.
  private func withScratch(
    _ counts: [Int], _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) {
    let padded = counts.map { ($0 + 15) / 16 * 16 }
    device.buffers.withScratch(padded.reduce(0, +)) { whole in
      var next = whole
      body(
        padded.map { count in
          defer { next += count }
          return next
        })
    }
  }
}
