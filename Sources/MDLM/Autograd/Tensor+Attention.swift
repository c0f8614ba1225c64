extension Tensor {
  /// Returns multi-head self-attention over sequences, with rotary position embeddings on q and k.
  ///
  /// Every position attends to every other, padding included, as in the official network.
  ///
  /// - Parameters:
  ///   - qkv: `[sequences · length, 3 · heads · headSize]`, columns q | k | v, each head after head.
  ///     Its values are rotated in place: nothing else may read them.
  ///   - length: Rows in a sequence.
  ///   - heads: Heads.
  ///   - rotary: Angles for at least `length` positions.
  /// - Returns: `[sequences · length, heads · headSize]`.
  static func selfAttention(
    consuming qkv: Tensor, length: Int, heads: Int, rotary: RotaryTable
  ) -> Tensor {
    require(
      qkv.rows % length == 0 && qkv.width == 3 * heads * rotary.headSize
        && rotary.cosine.count >= length * rotary.headSize / 2,
      "[selfAttention] \(qkv.shape) in sequences of \(length), \(heads) heads of \(rotary.headSize)"
    )
    let kernels = AttentionKernels(
      sequences: qkv.rows / length, length: length, heads: heads, headSize: rotary.headSize,
      device: qkv.device)
    let result = Tensor(uninitialized: [qkv.rows, qkv.width / 3], on: qkv.device)
    let logSums = Tensor(uninitialized: [qkv.rows * heads], on: qkv.device)
    kernels.rotate(qkv.pointer, rotary, direction: 1)
    kernels.forward(qkv.pointer, output: result.pointer, logSums: logSums.pointer)
    let output = result.detached
    return result.recorded("selfAttention", [qkv]) { upstream, gradients in
      let gradient = Tensor(uninitialized: qkv.shape, on: qkv.device)
      kernels.backward(
        qkv.pointer, output: output.pointer, logSums: logSums.pointer,
        upstream: upstream.pointer, gradient: gradient.pointer)
      kernels.rotate(gradient.pointer, rotary, direction: -1)
      gradients.pass(gradient, to: qkv)
    }
  }
}
