extension Tensor {
  /// Returns multi-head attention with rotary position embeddings on queries and keys.
  ///
  /// Padding is seen like any other position, as in the official network. The slices make up the whole
  /// of their tensors, which may be one tensor or two or three.
  ///
  /// - Parameters:
  ///   - queries: `[selected rows, heads · headSize]`, head after head.
  ///   - keys: `[sequences · length, heads · headSize]`.
  ///   - values: `[sequences · length, heads · headSize]`.
  ///   - selection: Which rows of the batch the queries are.
  ///   - length: Rows in a sequence.
  ///   - heads: Heads.
  ///   - rotary: Angles for at least `length` positions.
  ///   - pattern: Which keys of its sequence a query sees.
  /// - Returns: `[selected rows, heads · headSize]`.
  static func attention(
    queries: ColumnSlice, keys: ColumnSlice, values: ColumnSlice, selection: RowSelection,
    length: Int, heads: Int, rotary: RotaryTable, pattern: AttentionPattern = .full
  ) -> Tensor {
    let device = queries.tensor.device
    require(
      queries.tensor.rows == selection.rows.count && keys.tensor.rows == values.tensor.rows
        && keys.tensor.rows == (selection.starts.count - 1) * length
        && [queries, keys, values].allSatisfy { $0.width == heads * rotary.headSize }
        && rotary.cosine.count >= length * rotary.headSize / 2,
      "[attention] queries \(queries.tensor.shape), keys \(keys.tensor.shape) in sequences of "
        + "\(length), \(heads) heads of \(rotary.headSize)")
    let kernels = AttentionKernels(
      queries: queries.heads, keys: keys.heads, values: values.heads, selection: selection,
      length: length, heads: heads, headSize: rotary.headSize, rotary: rotary,
      pattern: pattern, device: device)
    let result = Tensor(uninitialized: [queries.tensor.rows, queries.width], on: device)
    let logSums = Tensor(uninitialized: [heads, queries.tensor.rows], on: device)
    kernels.forward(output: result.pointer, logSums: logSums.pointer)
    let output = result.detached
    // A tensor that holds several of the three gets one gradient.
    var inputs: [Tensor] = []
    for slice in [queries, keys, values]
    where !inputs.contains(where: { $0.storage === slice.tensor.storage }) {
      inputs.append(slice.tensor)
    }
    return result.recorded("attention", inputs) { upstream, gradients in
      let fresh = inputs.map { Tensor(uninitialized: $0.shape, on: device) }
      func target(_ slice: ColumnSlice) -> AttentionKernels.Heads {
        let index = inputs.firstIndex { $0.storage === slice.tensor.storage } ?? 0
        return ColumnSlice(fresh[index], columns: slice.columns).heads
      }
      withExtendedLifetime((queries, keys, values)) {
        kernels.backward(
          output: output.pointer, logSums: logSums.pointer, upstream: upstream.pointer,
          gradients: .init(queries: target(queries), keys: target(keys), values: target(values)))
      }
      for (input, gradient) in zip(inputs, fresh) { gradients.pass(gradient, to: input) }
    }
  }
}

extension ColumnSlice {
  /// The slice as the heads of a kernel.
  var heads: AttentionKernels.Heads { .init(pointer: row(0), stride: tensor.width) }
}
