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
    let (source, target) = (pointer, result.pointer)
    result.forEachRowBlock { block in
      for row in block {
        (target + row * width).update(from: source + Int(indices[row]) * width, count: width)
      }
    }
    return result.recorded("gatheringRows", [self]) { upstream, gradients in
      if let table = node?.table { return table.add(upstream, to: indices) }
      gradients.addOntoZero(to: self) { gradient in
        upstream.scatterAdd(to: gradient, rows: indices)
      }
    }
  }

  /// Adds row i of this tensor to row `rows[i]` of `target`, which is as wide.
  ///
  /// Threads take columns, not rows: repeated rows then need no locks and add up in order.
  func scatterAdd(to target: UnsafeMutablePointer<Float>, rows: [Int32]) {
    let (source, width) = (pointer, width)
    let partition = BlockPartition(width, largest: 128)
    device.workers.forEach(partition.blocks) { block in
      let columns = partition[block]
      for (index, row) in rows.enumerated() {
        mdlm_accumulate(
          source + index * width + columns.lowerBound, 1,
          target + Int(row) * width + columns.lowerBound, columns.count)
      }
    }
  }
}
