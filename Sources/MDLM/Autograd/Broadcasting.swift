extension Tensor {
  /// Combines elements of two tensors whose axes match or repeat.
  func broadcast(
    with other: Tensor, named name: String, _ combine: (Float, Float) -> Float
  ) -> Tensor {
    let shape = broadcastShape(shape, other.shape)
    guard let shape else {
      fatalError("[\(name)] shapes \(self.shape) and \(other.shape) do not broadcast")
    }
    let result = Tensor(uninitialized: shape, on: device)
    let left = BroadcastIndex(of: self.shape, in: shape)
    let right = BroadcastIndex(of: other.shape, in: shape)
    for index in 0..<result.count {
      result.pointer[index] = combine(pointer[left[index]], other.pointer[right[index]])
    }
    return result
  }
}

extension Gradients {
  /// Adds `upstream`, summed over the axes along which `input` was repeated: the one place where
  /// broadcasting is undone.
  func addReduced(_ upstream: Tensor, to input: Tensor) {
    addOntoZero(to: input) { gradient in
      let source = BroadcastIndex(of: input.shape, in: upstream.shape)
      for index in 0..<upstream.count { gradient[source[index]] += upstream.pointer[index] }
    }
  }
}

/// The shape both operands are repeated to, or nil where an axis differs.
private func broadcastShape(_ left: [Int], _ right: [Int]) -> [Int]? {
  let rank = max(left.count, right.count)
  let (left, right) = (left.padded(to: rank), right.padded(to: rank))
  guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
  return zip(left, right).map { $0 == 1 ? $1 : $0 }
}

/// Maps a position in a broadcast result to the position in an operand.
private struct BroadcastIndex {
  private let axes: [(length: Int, stride: Int)]

  init(of operand: [Int], in result: [Int]) {
    let operand = operand.padded(to: result.count)
    var stride = 1
    var axes: [(length: Int, stride: Int)] = []
    for (length, own) in zip(result, operand).reversed() {
      axes.append((length, own == 1 ? 0 : stride))
      stride *= own
    }
    self.axes = axes
  }

  subscript(position: Int) -> Int {
    var (rest, index) = (position, 0)
    for (length, stride) in axes {
      index += rest % length * stride
      rest /= length
    }
    return index
  }
}

extension [Int] {
  fileprivate func padded(to rank: Int) -> [Int] {
    [Int](repeating: 1, count: rank - count) + self
  }
}
