/// Element-wise arithmetic with broadcasting, and sums.
///
/// Axes are aligned from the last; an axis of length 1 or one that is missing repeats. These
/// operations are written for clarity: the network's hot paths are the fused ones in this folder.
extension Tensor {
  /// Returns the element-wise sum.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    let result = left.broadcast(with: right, named: "+", +)
    return result.recorded("+", [left, right]) { upstream, gradients in
      gradients.addReduced(upstream, to: left)
      gradients.addReduced(upstream, to: right)
    }
  }

  /// Returns the element-wise difference.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    let result = left.broadcast(with: right, named: "-", -)
    return result.recorded("-", [left, right]) { upstream, gradients in
      gradients.addReduced(upstream, to: left)
      gradients.addReduced(upstream.scaled(by: -1), to: right)
    }
  }

  /// Returns the element-wise product.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    let result = left.broadcast(with: right, named: "*", *)
    let (leftValues, rightValues) = (left.detached, right.detached)
    return result.recorded("*", [left, right]) { upstream, gradients in
      gradients.addReduced(upstream * rightValues, to: left)
      gradients.addReduced(upstream * leftValues, to: right)
    }
  }

  /// Returns every element times `factor`.
  public func scaled(by factor: Float) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    for index in 0..<count { result.pointer[index] = pointer[index] * factor }
    return result.recorded("scaled", [self]) { upstream, gradients in
      gradients.pass(upstream.scaled(by: factor), to: self)
    }
  }

  /// Returns the sum of all elements, a scalar.
  public func sum() -> Tensor {
    var total = 0.0
    for index in 0..<count { total += Double(pointer[index]) }
    let result = Tensor(repeating: Float(total), shape: [], on: device)
    return result.recorded("sum", [self]) { upstream, gradients in
      gradients.pass(
        Tensor(repeating: upstream.scalar, shape: shape, on: device), to: self)
    }
  }

  /// The same values without history.
  public var detached: Tensor { Tensor(shape: shape, storage: storage) }
}
