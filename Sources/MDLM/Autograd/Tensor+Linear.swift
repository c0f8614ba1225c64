internal import CVectorKernels

/// What follows a linear map on the same rows.
public enum Activation: Sendable {
  case none
  /// The tanh form of GELU.
  case gelu
}

extension Tensor {
  /// Returns `activation(x · weightᵀ + bias)`.
  ///
  /// - Parameters:
  ///   - weight: `[out, in]`, as in PyTorch's `nn.Linear`.
  ///   - bias: `[out]`, or nil.
  ///   - activation: Applied to each block of rows while it is in cache.
  /// - Returns: `[..., out]`, for this tensor of shape `[..., in]`.
  public func linear(
    _ weight: Tensor, bias: Tensor? = nil, activation: Activation = .none
  ) -> Tensor {
    require(
      weight.shape.count == 2 && weight.shape[1] == width
        && bias.map { $0.count == weight.shape[0] } ?? true,
      "[linear] input \(shape), weight \(weight.shape), bias \(bias?.shape ?? [])")
    let (columns, inner) = (weight.shape[0], width)
    let result = Tensor(uninitialized: shape.dropLast() + [columns], on: device)
    let recording = [self, weight, bias].contains { $0?.wantsGradient ?? false }
    // GELU's derivative needs its argument; without a backward pass it is overwritten.
    let argument =
      activation == .gelu && recording
      ? Tensor(uninitialized: result.shape, on: device) : result
    let projection = Projection(
      input: pointer, weight: weight.pointer, output: argument.pointer, rows: rows,
      columns: columns, inner: inner, device: device)
    projection.run { range in
      let output = argument.pointer + range.lowerBound * columns
      switch activation {
      case .gelu:
        mdlm_bias_gelu(
          output, bias?.pointer, result.pointer + range.lowerBound * columns, range.count, columns)
      case .none:
        if let bias { mdlm_add_bias(output, bias.pointer, range.count, columns) }
      }
    }
    let inputs = [self, weight] + (bias.map { [$0] } ?? [])
    return result.recorded("linear", inputs) { upstream, gradients in
      if activation == .gelu {
        let dz = upstream
        dz.forEachRowBlock { rows in
          let (start, count) = (rows.lowerBound * columns, rows.count * columns)
          mdlm_gelu_backward(
            argument.pointer + start, dz.pointer + start, dz.pointer + start, count)
        }
      }
      linearPullback(upstream, input: self, weight: weight, bias: bias, gradients)
    }
  }
}

/// Adds the gradients of `input · weightᵀ + bias`, given `upstream` of shape `[..., out]`.
private func linearPullback(
  _ upstream: Tensor, input: Tensor, weight: Tensor, bias: Tensor?, _ gradients: Gradients
) {
  let (rows, columns, inner) = (input.rows, weight.shape[0], input.width)
  let workers = input.device.workers
  if let bias { gradients.addOntoZero(to: bias) { addColumnSums(of: upstream, to: $0) } }
  // dW = dYᵀ · X, split over rows of W: a sum is never split between threads.
  gradients.add(to: weight) { gradient, beta in
    let partition = BlockPartition(columns)
    workers.forEach(partition.blocks) { block in
      let range = partition[block]
      multiply(
        MatrixView(upstream.pointer + range.lowerBound, stride: columns, transposed: true),
        MatrixView(input.pointer, stride: inner),
        into: gradient + range.lowerBound * inner, stride: inner,
        rows: range.count, columns: inner, inner: rows, beta: beta)
    }
  }
  // dX = dY · W
  gradients.add(to: input) { gradient, beta in
    let partition = BlockPartition(rows)
    workers.forEach(partition.blocks) { block in
      let range = partition[block]
      multiply(
        MatrixView(upstream.pointer + range.lowerBound * columns, stride: columns),
        MatrixView(weight.pointer, stride: inner),
        into: gradient + range.lowerBound * inner, stride: inner,
        rows: range.count, columns: inner, inner: columns, beta: beta)
    }
  }
}

/// Adds the sum over the rows of `x` to `sums` (one value per column).
private func addColumnSums(of x: Tensor, to sums: UnsafeMutablePointer<Float>) {
  let (width, partition) = (x.width, BlockPartition(x.rows, largest: 128))
  let partial = Tensor(repeating: 0, shape: [partition.blocks, width], on: x.device)
  x.device.workers.forEach(partition.blocks) { block in
    let rows = partition[block]
    mdlm_add_column_sums(
      x.pointer + rows.lowerBound * width, partial.pointer + block * width, rows.count, width)
  }
  mdlm_add_column_sums(partial.pointer, sums, partition.blocks, width)
}

extension Tensor {
  /// Calls `body` with blocks of rows, on several threads.
  func forEachRowBlock(largest: Int = 128, _ body: (Range<Int>) -> Void) {
    let partition = BlockPartition(rows, largest: largest)
    device.workers.forEach(partition.blocks) { body(partition[$0]) }
  }
}
