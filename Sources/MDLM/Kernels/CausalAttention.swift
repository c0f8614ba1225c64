internal import CVectorKernels

/// Attention of every token to itself and to those before it, for inference.
///
/// Legend: B sequences of L tokens, H heads of queries, G heads of keys and values, d columns in each.
/// H/G neighbouring heads of queries share one of keys and values (arXiv 2305.13245). A task takes
/// one sequence and one head of keys; scores of one block of queries fit in cache.
struct CausalAttention {
  let queries: AttentionKernels.Heads  // [B·L, H·d]
  let keys: AttentionKernels.Heads  // [B·L, G·d]
  let values: AttentionKernels.Heads  // [B·L, G·d]
  let sequences: Int
  let length: Int
  let heads: Int
  let keyHeads: Int
  let headSize: Int
  /// Turns queries and keys by their positions; nil where positions are in the embedding.
  let rotary: RotaryTable?
  let device: Device

  /// What a score of a later token is: e^score is 0 beside any other.
  private static let hidden: Float = -1e30

  private var scale: Float { 1 / Float(headSize).squareRoot() }

  /// Writes the attention output, `[B·L, H·d]`.
  func run(output: UnsafeMutablePointer<Float>) {
    let blocks = BlockPartition(length, largest: 96, smallest: 16)
    let matrix = length * headSize
    let sizes = 4 * matrix + blocks.size * length + 2 * blocks.size
    device.workers.forEach(sequences * keyHeads) { task in
      let (sequence, keyHead) = (task / keyHeads, task % keyHeads)
      device.buffers.withScratch(sizes) { scratch in
        let (q, k, kT, v) = (scratch, scratch + matrix, scratch + 2 * matrix, scratch + 3 * matrix)
        gather(keys, sequence, keyHead, turned: true, into: k)
        mdlm_transpose(k, headSize, kT, length, length, headSize)
        gather(values, sequence, keyHead, turned: false, into: v)
        for head in keyHead * heads / keyHeads..<(keyHead + 1) * heads / keyHeads {
          gather(queries, sequence, head, turned: true, into: q)
          for index in 0..<blocks.blocks {
            let first = output + (sequence * length * heads + head) * headSize
            attend(
              blocks[index], q: q, kT: kT, v: v, scores: scratch + 4 * matrix,
              sums: scratch + 4 * matrix + blocks.size * length, output: first)
          }
        }
      }
    }
  }

  /// The outputs of one block of queries, which see the keys up to the block's end.
  private func attend(
    _ block: Range<Int>, q: UnsafeMutablePointer<Float>, kT: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    let (seen, width) = (block.upperBound, heads * headSize)
    multiply(
      MatrixView(q + block.lowerBound * headSize, stride: headSize),
      MatrixView(kT, stride: length), into: scores, stride: seen, rows: block.count,
      columns: seen, inner: headSize)
    for row in block {
      let later = scores + (row - block.lowerBound) * seen + row + 1
      later.update(repeating: Self.hidden, count: seen - row - 1)
    }
    mdlm_softmax_scores(scores, scale, sums, sums + block.count, block.count, seen)
    let target = output + block.lowerBound * width
    multiply(
      MatrixView(scores, stride: seen), MatrixView(v, stride: headSize), into: target,
      stride: width, rows: block.count, columns: headSize, inner: seen)
    mdlm_scale_rows(target, width, sums, block.count, headSize)
  }

  /// Copies one head of one sequence to consecutive rows.
  private func gather(
    _ matrix: AttentionKernels.Heads, _ sequence: Int, _ head: Int, turned: Bool,
    into target: UnsafeMutablePointer<Float>
  ) {
    let source = matrix.pointer + sequence * length * matrix.stride + head * headSize
    guard turned, let rotary else {
      return mdlm_copy_rows(source, matrix.stride, target, headSize, length, headSize)
    }
    mdlm_rotate(
      source, matrix.stride, target, headSize, rotary.cosine, rotary.sine, 1, nil, length, headSize)
  }
}
