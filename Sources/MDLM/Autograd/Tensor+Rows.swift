internal import CVectorKernels

extension Tensor {
  /// Returns the rows of this matrix that `indices` name: an embedding lookup, or a gather.
  ///
  /// - Parameter indices: Row numbers; they may repeat.
  /// - Returns: `[indices.count, width]`.
  public func gatheringRows(_ indices: [Int32]) -> Tensor {
    require(
      indices.allSatisfy { $0 >= 0 && $0 < rows },
      "[gatheringRows] an index outside the \(rows) rows of \(shape)")
    let result = Tensor(uninitialized: [indices.count, width], on: device)
    result.forEachRowBlock { block in
      for row in block {
        (result.pointer + row * width).update(
          from: pointer + Int(indices[row]) * width, count: width)
      }
    }
    return result.recorded("gatheringRows", [self]) { upstream, gradients in
      gradients.addOntoZero(to: self) { gradient in
        scatterAdd(upstream, to: gradient, rows: indices)
      }
    }
  }

  /// Adds row i of `upstream` to row `rows[i]` of `gradient`.
  ///
  /// Threads take columns, not rows: repeated rows then need no locks and add up in order.
  private func scatterAdd(
    _ upstream: Tensor, to gradient: UnsafeMutablePointer<Float>, rows: [Int32]
  ) {
    let (width, partition) = (upstream.width, BlockPartition(upstream.width, largest: 128))
    device.workers.forEach(partition.blocks) { block in
      let columns = partition[block]
      for (source, target) in rows.enumerated() {
        mdlm_accumulate(
          upstream.pointer + source * width + columns.lowerBound, 1,
          gradient + Int(target) * width + columns.lowerBound, columns.count)
      }
    }
  }
}
