internal import CVectorKernels

extension Tensor {
  /// Returns this residual stream with `branch` added, both `[rows, width]`.
  func adding(_ branch: Tensor) -> Tensor {
    require(branch.shape == shape, "[adding] \(shape) + \(branch.shape)")
    let result = Tensor(uninitialized: shape, on: device)
    forEachRowBlock { rows in
      let (start, count) = (rows.lowerBound * width, rows.count * width)
      (result.pointer + start).update(from: pointer + start, count: count)
      mdlm_accumulate(branch.pointer + start, 1, result.pointer + start, count)
    }
    return result.recorded("adding", [self, branch]) { upstream, gradients in
      gradients.addOntoZero(to: branch) {
        mdlm_accumulate(upstream.pointer, 1, $0, upstream.count)
      }
      gradients.pass(upstream, to: self)
    }
  }

  /// Returns `self + gate · branch`, with one gate vector per group of rows.
  ///
  /// Shapes: self and branch `[rows, width]`, gate `[groups, width]`.
  func adding(_ branch: Tensor, gate: ColumnSlice, groups: RowGroups) -> Tensor {
    require(
      branch.count == count && gate.width == width && groups.rows == rows,
      "[adding] \(shape) + gate [\(groups.count), \(gate.width)] · \(branch.shape)")
    let result = Tensor(uninitialized: shape, on: device)
    let blocks = groups.blocks()
    device.workers.forEach(blocks.count) { index in
      let block = blocks[index]
      let start = block.rows.lowerBound * width
      mdlm_gated_add(
        pointer + start, gate.row(block.group), branch.pointer + start, result.pointer + start,
        block.rows.count, width)
    }
    return result.recorded("adding", [self, branch, gate.tensor]) { upstream, gradients in
      let partial = Tensor(repeating: 0, shape: [blocks.count, width], on: device)
      func run(_ gradient: UnsafeMutablePointer<Float>) {
        device.workers.forEach(blocks.count) { index in
          let block = blocks[index]
          let start = block.rows.lowerBound * width
          mdlm_gated_add_backward(
            upstream.pointer + start, gate.row(block.group), branch.pointer + start,
            gradient + start, partial.pointer + index * width, block.rows.count, width)
        }
      }
      if branch.wantsGradient {
        gradients.add(to: branch) { gradient, beta in
          require(beta == 0, "[adding] a branch feeds one sum only")
          run(gradient)
        }
      } else {
        device.buffers.withScratch(count) { run($0) }
      }
      let sums = Tensor(repeating: 0, shape: [groups.count, width], on: device)
      for (index, block) in blocks.enumerated() {
        mdlm_accumulate(
          partial.pointer + index * width, 1, sums.pointer + block.group * width, width)
      }
      gradients.add(sums.pointer, to: gate)
      gradients.pass(upstream, to: self)
    }
  }

  /// Returns this tensor with a share `rate` of its values at zero and the others scaled up.
  ///
  /// - Parameters:
  ///   - rate: The probability that a value is dropped, in 0 ..< 1.
  ///   - key: Decides which, by the address of a value's row and by its column.
  ///   - addresses: One for each row; a row draws the same whichever rows come with it.
  /// - Returns: The same shape as this tensor.
  func dropout(_ rate: Double, key: RandomKey, addresses: [UInt32]) -> Tensor {
    require(addresses.count == rows, "[dropout] \(addresses.count) addresses for \(rows) rows")
    func apply(_ x: Tensor) -> Tensor {
      let result = Tensor(uninitialized: shape, on: device)
      x.forEachRowBlock { rows in
        let start = rows.lowerBound * width
        withUnsafePointer(to: key.words) { words in
          words.withMemoryRebound(to: UInt32.self, capacity: 2) { words in
            mdlm_dropout(
              x.pointer + start, result.pointer + start, Float(rate), words, key.step,
              key.stream.rawValue, Array(addresses[rows]), rows.count, width)
          }
        }
      }
      return result
    }
    return apply(self).recorded("dropout", [self]) { upstream, gradients in
      gradients.pass(apply(upstream), to: self)
    }
  }
}
