internal import CVectorKernels

/// The shift and scale of adaptive layer normalization: `y = x · (1 + scale) + shift`.
struct Modulation {
  /// `[groups, width]` each: one row for every group of rows of the normalized tensor.
  let shift: ColumnSlice
  let scale: ColumnSlice
  let groups: RowGroups
}

extension Tensor {
  /// Normalizes each row to zero mean and unit variance and scales it by `weight`.
  ///
  /// - Parameters:
  ///   - weight: `[width]`.
  ///   - epsilon: Added to the variance.
  /// - Returns: The same shape as this tensor, `[..., width]`.
  public func layerNormalized(weight: Tensor, epsilon: Float = 1e-5) -> Tensor {
    normalized(weight: weight, modulation: nil, epsilon: epsilon)
  }

  /// Normalizes each row, scales it by `weight` and modulates it by its group's shift and scale.
  func normalized(weight: Tensor, modulation: Modulation?, epsilon: Float = 1e-5) -> Tensor {
    require(weight.count == width, "[normalized] weight \(weight.shape) for rows of \(shape)")
    let groups = modulation?.groups ?? RowGroups(rows: rows, groups: 1)
    require(groups.rows == rows, "[normalized] \(groups.rows) rows in groups for \(shape)")
    let result = Tensor(uninitialized: shape, on: device)
    let gain = gains(weight, modulation, groups: groups.count)
    let statistics = Tensor(uninitialized: [2, rows], on: device)
    let blocks = groups.blocks()
    func normalize(into result: UnsafeMutablePointer<Float>) {
      let (source, mean, rstd) = (pointer, statistics.pointer, statistics.pointer + rows)
      device.workers.forEach(blocks.count) { index in
        let block = blocks[index]
        let start = block.rows.lowerBound
        mdlm_layer_norm(
          source + start * width, gain.pointer + block.group * width,
          modulation?.shift.row(block.group), result + start * width,
          mean + start, rstd + start, epsilon, block.rows.count, width)
      }
    }
    normalize(into: result.pointer)
    let inputs = [self, weight] + (modulation.map { [$0.shift.tensor, $0.scale.tensor] } ?? [])
    if inputs.contains(where: \.wantsGradient) {
      result.storage.setRemake { normalize(into: $0) }
    }
    return result.recorded("normalized", inputs) { upstream, gradients in
      let sums = normalizationPullback(
        upstream, input: self, gain: gain, statistics: statistics, blocks, gradients,
        groups: groups.count)
      addAffineGradients(
        sums, weight: weight, modulation: modulation, groups: groups.count, gradients)
    }
  }

  /// weight · (1 + scale) for every group, `[groups, width]`.
  private func gains(_ weight: Tensor, _ modulation: Modulation?, groups: Int) -> Tensor {
    let gain = Tensor(uninitialized: [groups, width], on: device)
    for group in 0..<groups {
      let scale = modulation?.scale.row(group)
      for column in 0..<width {
        gain.pointer[group * width + column] =
          weight.pointer[column] * (1 + (scale?[column] ?? 0))
      }
    }
    return gain
  }
}

/// Adds the gradient of the normalized rows; returns Σ dy·x̂ and Σ dy per group, `[2, groups, width]`.
private func normalizationPullback(
  _ upstream: Tensor, input: Tensor, gain: Tensor, statistics: Tensor, _ blocks: [RowGroups.Block],
  _ gradients: Gradients, groups: Int
) -> Tensor {
  let (rows, width) = (input.rows, input.width)
  let partial = Tensor(repeating: 0, shape: [blocks.count, 2, width], on: input.device)
  func run(_ gradient: UnsafeMutablePointer<Float>, accumulate: Bool) {
    input.device.workers.forEach(blocks.count) { index in
      let block = blocks[index]
      let (start, sums) = (block.rows.lowerBound, partial.pointer + index * 2 * width)
      mdlm_layer_norm_backward(
        input.pointer + start * width, gain.pointer + block.group * width,
        statistics.pointer + start, statistics.pointer + rows + start,
        upstream.pointer + start * width, gradient + start * width, accumulate ? 1 : 0,
        sums, sums + width, block.rows.count, width)
    }
  }
  if input.wantsGradient {
    gradients.add(to: input) { run($0, accumulate: $1 != 0) }
  } else {
    input.device.buffers.withScratch(input.count) { run($0, accumulate: false) }
  }
  let sums = Tensor(repeating: 0, shape: [2, groups, width], on: input.device)
  for (index, block) in blocks.enumerated() {
    for part in 0..<2 {
      mdlm_accumulate(
        partial.pointer + (index * 2 + part) * width, 1,
        sums.pointer + (part * groups + block.group) * width, width)
    }
  }
  return sums
}

/// With A = Σ dy·x̂ per group: dweight = Σ (1 + scale)·A, dscale = weight·A, dshift = Σ dy.
private func addAffineGradients(
  _ sums: Tensor, weight: Tensor, modulation: Modulation?, groups: Int, _ gradients: Gradients
) {
  let width = weight.count
  let (products, plain) = (sums.pointer, sums.pointer + groups * width)
  gradients.addOntoZero(to: weight) { gradient in
    for group in 0..<groups {
      let scale = modulation?.scale.row(group)
      for column in 0..<width {
        gradient[column] += (1 + (scale?[column] ?? 0)) * products[group * width + column]
      }
    }
  }
  guard let modulation else { return }
  gradients.add(plain, to: modulation.shift)
  for index in 0..<groups * width { products[index] *= weight.pointer[index % width] }
  gradients.add(products, to: modulation.scale)
}
