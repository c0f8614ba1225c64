internal import CVectorKernels

/// Bidirectional scaled dot-product attention with rotary positions, one head of one sequence at a
/// time.
///
/// Legend: B sequences of L keys, R queries, H heads of d columns. A task gathers its head into
/// scratch memory, so that every product reads consecutive rows and none reads a transposed second
/// factor. Scores of one block of queries fit in cache; no `[B, H, L, L]` tensor exists. The backward
/// pass makes the scores again from q, k and the saved log-sums.
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
          let block = blocks[index]
          let first = rows.lowerBound + block.lowerBound
          let target = output + first * heads * headSize + head * headSize
          score(q, kT, block, into: scores)
          mdlm_softmax_scores(
            scores, scale, scratch[5], logSums + head * selection.rows.count + first,
            block.count, length)
          multiply(
            MatrixView(scores, stride: length), MatrixView(v, stride: headSize),
            into: target, stride: heads * headSize, rows: block.count, columns: headSize,
            inner: length)
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
        if rows.isEmpty {
          task.dk.update(repeating: 0, count: keyCount)
          task.dv.update(repeating: 0, count: keyCount)
        }
        for index in 0..<blocks.blocks {
          let block = blocks[index]
          let first = rows.lowerBound + block.lowerBound
          mdlm_row_dots(
            task.dO + block.lowerBound * headSize, headSize,
            output + first * width + head * headSize, width, task.delta, block.count, headSize)
          backward(task, block, logSums: logSums + head * selection.rows.count + first)
        }
        scatter(
          task.dq, to: gradients.queries, rows, head, rotated: -1, positions: rows.lowerBound)
        scatter(task.dk, to: gradients.keys, keyRows, head, rotated: -1)
        scatter(task.dv, to: gradients.values, keyRows, head)
      }
    }
  }

  /// The scratch matrices of one head; kT and vT are `[d, L]`, p and dp `[block, L]`, delta
  /// `[block]`, the others have a row of d values for each query or key.
  private struct BackwardTask {
    let q, dO, dq, k, kT, vT, dk, dv, p, dp, delta: UnsafeMutablePointer<Float>
  }

  private func backward(
    _ task: BackwardTask, _ block: Range<Int>, logSums: UnsafePointer<Float>
  ) {
    let (start, count, d) = (block.lowerBound * headSize, block.count, headSize)
    let beta: Float = block.lowerBound == 0 ? 0 : 1
    score(task.q, task.kT, block, into: task.p)
    mdlm_probabilities(task.p, scale, logSums, count, length)
    multiply(  // dV += Pᵀ · dO
      MatrixView(task.p, stride: length, transposed: true), MatrixView(task.dO + start, stride: d),
      into: task.dv, stride: d, rows: length, columns: d, inner: count, beta: beta)
    multiply(  // dP = dO · Vᵀ
      MatrixView(task.dO + start, stride: d), MatrixView(task.vT, stride: length),
      into: task.dp, stride: length, rows: count, columns: length, inner: d)
    mdlm_softmax_backward(task.p, task.dp, task.delta, scale, count, length)
    multiply(  // dQ = dS · K
      MatrixView(task.dp, stride: length), MatrixView(task.k, stride: d),
      into: task.dq + start, stride: d, rows: count, columns: d, inner: length)
    multiply(  // dK += dSᵀ · Q
      MatrixView(task.dp, stride: length, transposed: true), MatrixView(task.q + start, stride: d),
      into: task.dk, stride: d, rows: length, columns: d, inner: count, beta: beta)
  }

  /// scores = q · kᵀ for one block of queries.
  private func score(
    _ q: UnsafeMutablePointer<Float>, _ kT: UnsafeMutablePointer<Float>, _ block: Range<Int>,
    into scores: UnsafeMutablePointer<Float>
  ) {
    multiply(
      MatrixView(q + block.lowerBound * headSize, stride: headSize), MatrixView(kT, stride: length),
      into: scores, stride: length, rows: block.count, columns: length, inner: headSize)
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
