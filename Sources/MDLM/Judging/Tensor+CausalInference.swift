/// The operations of autoregressive networks, for inference: they record nothing.
extension Tensor {
  /// Normalizes each row to zero mean and unit variance, then scales it by `weight` and adds `bias`.
  ///
  /// - Parameters:
  ///   - weight: `[width]`.
  ///   - bias: `[width]`.
  ///   - epsilon: Added to the variance.
  /// - Returns: The same shape as this tensor, `[..., width]`.
  func layerNormalized(weight: Tensor, bias: Tensor, epsilon: Float) -> Tensor {
    let zeros = Tensor(repeating: 0, shape: [1, width], on: device)
    let modulation = Modulation(
      shift: ColumnSlice(bias, columns: 0..<width), scale: ColumnSlice(zeros, columns: 0..<width),
      groups: RowGroups(rows: rows, groups: 1))
    return normalized(weight: weight, modulation: modulation, epsilon: epsilon)
  }

  /// Divides each row by its root mean square and scales it by `weight`, `[width]`.
  func rootMeanSquareNormalized(weight: Tensor, epsilon: Float) -> Tensor {
    require(
      weight.count == width, "[rootMeanSquareNormalized] weight \(weight.shape) for \(shape)")
    let result = Tensor(uninitialized: shape, on: device)
    let (source, target, gain) = (pointer, result.pointer, weight.pointer)
    forEachRowBlock { block in
      let start = block.lowerBound * width
      normalizeByRootMeanSquare(
        source + start, weight: gain, into: target + start, epsilon: epsilon, rows: block.count,
        width: width)
    }
    return result
  }

  /// Returns silu(self) · `factor`, element by element.
  func swishGated(times factor: Tensor) -> Tensor {
    require(factor.count == count, "[swishGated] \(shape) · \(factor.shape)")
    let result = Tensor(uninitialized: shape, on: device)
    let (gate, other, target) = (pointer, factor.pointer, result.pointer)
    forEachRowBlock { block in
      let start = block.lowerBound * width
      swishGate(
        gate + start, times: other + start, into: target + start, count: block.count * width)
    }
    return result
  }
}

/// How the columns of queries, keys and values divide into heads.
struct CausalHeads: Sendable {
  let heads: Int
  /// Heads of keys and values; each serves `heads / keyHeads` heads of queries.
  let keyHeads: Int
  let headSize: Int
  let rotary: RotaryTable?

  /// Returns what every token gathers from itself and those before it.
  ///
  /// - Parameters:
  ///   - queries: `[sequences · length, heads · headSize]`.
  ///   - keys: `[sequences · length, keyHeads · headSize]`.
  ///   - values: The same shape as the keys.
  ///   - length: Tokens in a sequence.
  /// - Returns: The same shape as the queries.
  func attend(
    _ queries: ColumnSlice, _ keys: ColumnSlice, _ values: ColumnSlice, length: Int
  ) -> Tensor {
    let (rows, device) = (queries.tensor.rows, queries.tensor.device)
    require(
      rows % length == 0 && queries.width == heads * headSize
        && keys.width == keyHeads * headSize && values.width == keys.width,
      "[attend] columns \(queries.width), \(keys.width), \(values.width) for \(heads) heads")
    func matrix(_ slice: ColumnSlice) -> AttentionKernels.Heads {
      AttentionKernels.Heads(pointer: slice.row(0), stride: slice.tensor.width)
    }
    let result = Tensor(uninitialized: [rows, queries.width], on: device)
    CausalAttention(
      queries: matrix(queries), keys: matrix(keys), values: matrix(values),
      sequences: rows / length, length: length, heads: heads, keyHeads: keyHeads,
      headSize: headSize, rotary: rotary, device: device
    ).run(output: result.pointer)
    return result
  }
}
