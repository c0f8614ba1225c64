internal import CVectorKernels

extension Tensor {
  /// Returns `self + gate · (input · weightᵀ + bias)` with one gate for all rows, or none.
  ///
  /// The branch itself is never stored. With a gate and G = dyᵀ · input, the gradient of the weights is
  /// gate · G, row by row, and that of the gate the sum of weight · G over each row: what the branch
  /// would be needed for.
  ///
  /// - Parameters:
  ///   - input: `[rows, in]`.
  ///   - weight: `[width, in]`.
  ///   - bias: `[width]`, or nil.
  ///   - gate: `[1, width]`; nil adds the branch as it is.
  /// - Returns: The same shape as this tensor, `[rows, width]`.
  func addingLinear(
    _ input: Tensor, _ weight: Tensor, bias: Tensor? = nil, gate: ColumnSlice? = nil
  ) -> Tensor {
    require(
      weight.shape == [width, input.width] && input.rows == rows
        && gate.map { $0.tensor.rows == 1 && $0.width == width } ?? true
        && bias.map { $0.count == width } ?? true,
      "[addingLinear] \(shape) + gate \(gate?.tensor.shape ?? []) · \(input.shape) · "
        + "\(weight.shape)")
    let result = Tensor(uninitialized: shape, on: device)
    let (stream, sum) = (pointer, result.pointer)
    let projection = Projection(
      input: input.pointer, weight: weight.pointer, output: sum, rows: rows, columns: width,
      inner: input.width, device: device)
    projection.run { block in
      let start = block.lowerBound * width
      if let bias { mdlm_add_bias(sum + start, bias.pointer, block.count, width) }
      if let gate {
        mdlm_gated_add(stream + start, gate.row(0), sum + start, sum + start, block.count, width)
      } else {
        mdlm_accumulate(stream + start, 1, sum + start, block.count * width)
      }
    }
    let inputs = [self, input, weight] + [gate?.tensor, bias].compactMap { $0 }
    if inputs.contains(where: \.wantsGradient) { input.storage.discard() }
    return result.recorded("addingLinear", inputs) { upstream, gradients in
      if let gate {
        gatedLinearPullback(upstream, input, weight, bias, gate, gradients)
      } else {
        linearPullback(upstream, input: input, weight: weight, bias: bias, gradients)
      }
      gradients.pass(upstream, to: self)
    }
  }
}

private func gatedLinearPullback(
  _ upstream: Tensor, _ input: Tensor, _ weight: Tensor, _ bias: Tensor?, _ gate: ColumnSlice,
  _ gradients: Gradients
) {
  let (columns, inner, device) = (weight.rows, weight.width, weight.device)
  let product = LinearProduct(rows: input.rows, columns: columns, inner: inner, device: device)
  let gates = gate.row(0)
  let sums = Tensor(repeating: 0, shape: [columns], on: device)
  addColumnSums(of: upstream, to: sums.pointer)
  let ungated = Tensor(uninitialized: weight.shape, on: device)
  product.weightGradient(
    upstream.pointer, input: input.pointer, into: ungated.pointer, beta: 0)

  let gateGradient = Tensor(uninitialized: [columns], on: device)
  mdlm_row_dots(
    weight.pointer, inner, ungated.pointer, inner, gateGradient.pointer, columns, inner)
  if let bias {
    for column in 0..<columns {
      gateGradient.pointer[column] += bias.pointer[column] * sums.pointer[column]
    }
    gradients.addOntoZero(to: bias) { gradient in
      for column in 0..<columns { gradient[column] += gates[column] * sums.pointer[column] }
    }
  }
  gradients.add(gateGradient.pointer, to: gate)
  gradients.addOntoZero(to: weight) { gradient in
    ungated.forEachRowBlock { rows in
      for row in rows {
        mdlm_accumulate(
          ungated.pointer + row * inner, gates[row], gradient + row * inner, inner)
      }
    }
  }
  gradients.add(to: input) { gradient, beta in
    // The buffer of G is free now: it takes the weights with their gates.
    let gated = ungated.pointer
    ungated.forEachRowBlock { rows in
      let start = rows.lowerBound * inner
      mdlm_copy_rows(weight.pointer + start, inner, gated + start, inner, rows.count, inner)
      mdlm_scale_rows(gated + start, inner, gates + rows.lowerBound, rows.count, inner)
    }
    product.inputGradient(upstream.pointer, weight: gated, into: gradient, beta: beta)
  }
}
