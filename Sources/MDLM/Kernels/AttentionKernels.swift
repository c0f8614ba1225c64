internal import CVectorKernels

/// Bidirectional scaled dot-product attention by blocks of queries.
///
/// Legend: B sequences of L rows, H heads of d columns, D = H·d. `qkv` is `[B·L, 3D]` with columns
/// q | k | v, each head after head. Scores of one head and one block of queries live in a scratch
/// buffer that fits in cache; no `[B, H, L, L]` tensor exists. The backward pass makes the scores
/// again from q, k and the saved log-sums.
struct AttentionKernels {
  let sequences: Int
  let length: Int
  let heads: Int
  let headSize: Int
  let device: Device

  private var width: Int { heads * headSize }
  private var scale: Float { 1 / Float(headSize).squareRoot() }
  /// Queries per block: 128 rows of scores against 1024 keys are half a megabyte.
  private var queryBlocks: BlockPartition { BlockPartition(length, largest: 128, smallest: 16) }

  /// Turns q and k by their positions, forward (1) or back (−1), in place.
  func rotate(_ qkv: UnsafeMutablePointer<Float>, _ table: RotaryTable, direction: Float) {
    device.workers.forEach(sequences) { sequence in
      mdlm_rotate(
        qkv + sequence * length * 3 * width, 3 * width, table.cosine, table.sine, direction,
        length, 2 * heads, headSize)
    }
  }

  /// Writes the attention output `[B·L, D]` and the log-sum of every row of scores `[B, H, L]`.
  func forward(
    _ qkv: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    logSums: UnsafeMutablePointer<Float>
  ) {
    let blocks = queryBlocks
    device.workers.forEach(sequences * heads * blocks.blocks) { task in
      let (pair, queries) = (task / blocks.blocks, blocks[task % blocks.blocks])
      let (start, count) = (queries.lowerBound, queries.count)
      let (q, k, v) = head(pair, of: qkv)
      let target = output + rowOffset(pair, start) * width + pair % heads * headSize
      device.buffers.withScratch(count * length + count) { scores in
        let inverseSums = scores + count * length
        multiply(
          MatrixView(q + start * 3 * width, stride: 3 * width),
          MatrixView(k, stride: 3 * width, transposed: true),
          into: scores, stride: length, rows: count, columns: length, inner: headSize)
        mdlm_softmax_scores(
          scores, scale, inverseSums, logSums + pair * length + start, count, length)
        multiply(
          MatrixView(scores, stride: length), MatrixView(v, stride: 3 * width),
          into: target, stride: width, rows: count, columns: headSize, inner: length)
        mdlm_scale_rows(target, width, inverseSums, count, headSize)
      }
    }
  }

  /// Writes the gradient of `qkv`, given `upstream` and what the forward pass saved.
  func backward(
    _ qkv: UnsafePointer<Float>, output: UnsafePointer<Float>, logSums: UnsafePointer<Float>,
    upstream: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>
  ) {
    // One task per head: its keys' gradients are sums over query blocks, taken in order.
    device.workers.forEach(sequences * heads) { pair in
      let blocks = queryBlocks
      for block in 0..<blocks.blocks {
        backward(
          pair, queries: blocks[block], qkv, output: output, logSums: logSums,
          upstream: upstream, gradient: gradient)
      }
    }
  }

  private func backward(
    _ pair: Int, queries: Range<Int>, _ qkv: UnsafePointer<Float>, output: UnsafePointer<Float>,
    logSums: UnsafePointer<Float>, upstream: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>
  ) {
    let (start, count, stride) = (queries.lowerBound, queries.count, 3 * width)
    let (q, k, v) = head(pair, of: qkv)
    let (dq, dk, dv) = head(pair, of: UnsafePointer(gradient))
    let offset = rowOffset(pair, start) * width + pair % heads * headSize
    let (blockQ, dOutput) = (q + start * stride, upstream + offset)
    let beta: Float = start == 0 ? 0 : 1
    device.buffers.withScratch(2 * count * length + count) { p in
      let dp = p + count * length
      let delta = dp + count * length
      mdlm_row_dots(dOutput, width, output + offset, width, delta, count, headSize)
      multiply(
        MatrixView(blockQ, stride: stride), MatrixView(k, stride: stride, transposed: true),
        into: p, stride: length, rows: count, columns: length, inner: headSize)
      mdlm_probabilities(p, scale, logSums + pair * length + start, count, length)
      multiply(  // dV += Pᵀ · dO
        MatrixView(p, stride: length, transposed: true), MatrixView(dOutput, stride: width),
        into: mutable(dv), stride: stride, rows: length, columns: headSize, inner: count,
        beta: beta)
      multiply(  // dP = dO · Vᵀ
        MatrixView(dOutput, stride: width), MatrixView(v, stride: stride, transposed: true),
        into: dp, stride: length, rows: count, columns: length, inner: headSize)
      mdlm_softmax_backward(p, dp, delta, scale, count, length)
      multiply(  // dQ = dS · K
        MatrixView(dp, stride: length), MatrixView(k, stride: stride),
        into: mutable(dq) + start * stride, stride: stride, rows: count, columns: headSize,
        inner: length)
      multiply(  // dK += dSᵀ · Q
        MatrixView(dp, stride: length, transposed: true), MatrixView(blockQ, stride: stride),
        into: mutable(dk), stride: stride, rows: length, columns: headSize, inner: count,
        beta: beta)
    }
  }

  /// The first values of q, k and v of one (sequence, head) pair.
  private func head(
    _ pair: Int, of qkv: UnsafePointer<Float>
  ) -> (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) {
    let q = qkv + rowOffset(pair, 0) * 3 * width + pair % heads * headSize
    return (q, q + width, q + 2 * width)
  }

  private func rowOffset(_ pair: Int, _ row: Int) -> Int { pair / heads * length + row }

  private func mutable(_ pointer: UnsafePointer<Float>) -> UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(mutating: pointer)
  }
}
