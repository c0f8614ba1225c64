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
  /// An input that can be computed again from what is kept anyway (the result of a norm or of a
  /// GELU) is dropped once it has been used, and made again for the backward pass.
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
    let columns = weight.shape[0]
    let result = Tensor(uninitialized: shape.dropLast() + [columns], on: device)
    let recording = [self, weight, bias].contains { $0?.wantsGradient ?? false }
    // GELU's derivative needs its argument; without a backward pass it is overwritten.
    let argument =
      activation == .gelu && recording
      ? Tensor(uninitialized: result.shape, on: device) : result
    let (target, activated) = (argument.pointer, result.pointer)
    let projection = Projection(
      input: pointer, weight: weight.pointer, output: target, rows: rows, columns: columns,
      inner: width, device: device)
    projection.run { block in
      let start = block.lowerBound * columns
      switch activation {
      case .gelu:
        mdlm_bias_gelu(target + start, bias?.pointer, activated + start, block.count, columns)
      case .none:
        if let bias { mdlm_add_bias(target + start, bias.pointer, block.count, columns) }
      }
    }
    let inputs = [self, weight] + (bias.map { [$0] } ?? [])
    guard recording else { return result }
    storage.discard()
    if activation == .gelu {
      result.storage.setRemake { activated in
        argument.forEachRowBlock { rows in
          let start = rows.lowerBound * columns
          mdlm_bias_gelu(target + start, nil, activated + start, rows.count, columns)
        }
      }
    }
    return result.recorded("linear", inputs) { upstream, gradients in
      if activation == .gelu {
        let dz = upstream.pointer
        argument.forEachRowBlock { rows in
          let (start, count) = (rows.lowerBound * columns, rows.count * columns)
          mdlm_gelu_backward(target + start, dz + start, dz + start, count)
        }
      }
      linearPullback(upstream, input: self, weight: weight, bias: bias, gradients)
    }
  }
}

/// Adds the gradients of `input · weightᵀ + bias`, given `upstream` of shape `[..., out]`.
func linearPullback(
  _ upstream: Tensor, input: Tensor, weight: Tensor, bias: Tensor?, _ gradients: Gradients
) {
  let product = LinearProduct(
    rows: input.rows, columns: weight.shape[0], inner: input.width, device: input.device)
  if let bias { gradients.addOntoZero(to: bias) { addColumnSums(of: upstream, to: $0) } }
  gradients.add(to: weight) { gradient, beta in
    product.weightGradient(
      upstream.pointer, input: input.pointer, into: gradient, beta: beta)
  }
  gradients.add(to: input) { gradient, beta in
    product.inputGradient(
      upstream.pointer, weight: weight.pointer, into: gradient, beta: beta)
  }
}

/// Adds the sum over the rows of `x` to `sums` (one value per column).
func addColumnSums(of x: Tensor, to sums: UnsafeMutablePointer<Float>) {
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
