internal import CVectorKernels

/// Attention of new tokens to those in a ``KeyValueCache``, to themselves and to the new ones before.
///
/// Legend: S sequences with n new tokens each, H heads of d columns. A task takes one head of one
/// sequence: it stores the new keys and values behind the cached, then multiplies where they lie. One
/// new token reads keys and values once, as products with vectors.
struct CachedAttention {
  let queries: AttentionKernels.Heads  // [S·n, H·d]
  let keys: AttentionKernels.Heads  // [S·n, H·d]
  let values: AttentionKernels.Heads  // [S·n, H·d]
  let caches: [KeyValueCache]
  let layer: Int
  /// n.
  let tokens: Int
  let heads: Int
  let headSize: Int
  let rotary: RotaryTable
  let device: Device

  private var scale: Float { 1 / Float(headSize).squareRoot() }

  /// Writes the attention output, `[S·n, H·d]`.
  func run(output: UnsafeMutablePointer<Float>) {
    let blocks = BlockPartition(tokens, largest: 96, smallest: 16)
    let rows = min(blocks.size, tokens)
    device.workers.forEach(caches.count * heads) { task in
      let (sequence, head) = (task / heads, task % heads)
      let cache = caches[sequence]
      store(sequence, head)
      device.buffers.withScratch(rows * (headSize + cache.count + tokens + 2)) { scratch in
        for index in 0..<blocks.blocks {
          attend(
            blocks[index], sequence, head, q: scratch, scores: scratch + rows * (headSize + 2),
            sums: scratch + rows * headSize,
            output: output + (sequence * tokens * heads + head) * headSize)
        }
      }
    }
  }

  /// Writes the new keys and values of one head behind the cached.
  private func store(_ sequence: Int, _ head: Int) {
    let cache = caches[sequence]
    let offset = cache.count * headSize
    turn(
      start(of: keys, sequence, 0, head), keys.stride,
      into: cache.keys(layer: layer, head: head) + offset, tokens, from: cache.count)
    mdlm_copy_rows(
      start(of: values, sequence, 0, head), values.stride,
      cache.values(layer: layer, head: head) + offset, headSize, tokens, headSize)
  }

  /// The outputs of some new tokens of one head.
  private func attend(
    _ block: Range<Int>, _ sequence: Int, _ head: Int, q: UnsafeMutablePointer<Float>,
    scores: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    let cache = caches[sequence]
    let (first, width) = (cache.count + block.lowerBound, heads * headSize)
    let seen = cache.count + block.upperBound
    let k = cache.keys(layer: layer, head: head)
    let v = cache.values(layer: layer, head: head)
    let target = output + block.lowerBound * width
    turn(
      start(of: queries, sequence, block.lowerBound, head), queries.stride, into: q, block.count,
      from: first)
    if block.count == 1 {
      MatrixVectorProduct(matrix: k, rows: seen, columns: headSize).times(q, into: scores)
      mdlm_softmax_scores(scores, scale, sums, sums + 1, 1, seen)
      MatrixVectorProduct(matrix: v, rows: seen, columns: headSize)
        .transposedTimes(scores, into: target)
    } else {
      multiply(
        MatrixView(q, stride: headSize), MatrixView(k, stride: headSize, transposed: true),
        into: scores, stride: seen, rows: block.count, columns: seen, inner: headSize)
      AttentionPattern.causal.overwriteHidden(
        scores, with: AttentionPattern.hiddenScore, positions: Int32(first)..<Int32(seen),
        keys: KeyRuns(0..<seen), length: seen)
      mdlm_softmax_scores(scores, scale, sums, sums + block.count, block.count, seen)
      multiply(
        MatrixView(scores, stride: seen), MatrixView(v, stride: headSize), into: target,
        stride: width, rows: block.count, columns: headSize, inner: seen)
    }
    mdlm_scale_rows(target, width, sums, block.count, headSize)
  }

  private func start(
    of matrix: AttentionKernels.Heads, _ sequence: Int, _ row: Int, _ head: Int
  ) -> UnsafeMutablePointer<Float> {
    matrix.pointer + (sequence * tokens + row) * matrix.stride + head * headSize
  }

  /// Copies rows to consecutive ones, turned by their positions `first`, `first` + 1 ….
  private func turn(
    _ source: UnsafeMutablePointer<Float>, _ stride: Int,
    into target: UnsafeMutablePointer<Float>, _ rows: Int, from first: Int
  ) {
    let offset = first * headSize / 2
    rotary.cosine.withUnsafeBufferPointer { cosine in
      rotary.sine.withUnsafeBufferPointer { sine in
        guard let cosine = cosine.baseAddress, let sine = sine.baseAddress else { return }
        mdlm_rotate(
          source, stride, target, headSize, cosine + offset, sine + offset, 1, nil, rows, headSize)
      }
    }
  }
}
