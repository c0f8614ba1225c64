internal import CVectorKernels

/// The gradients that have arrived so far during one backward pass.
final class Gradients {
  private var arrived: [ObjectIdentifier: Tensor] = [:]

  /// Takes the gradient that has arrived at `node`, if any.
  func take(_ node: GraphNode) -> Tensor? {
    arrived.removeValue(forKey: ObjectIdentifier(node))
  }

  /// Lets `body` add to the gradient of `input`, if it wants one.
  ///
  /// - Parameters:
  ///   - input: The tensor whose gradient it is.
  ///   - body: Writes `new + beta · present`; `beta` is 0 when nothing has arrived and the buffer
  ///     holds garbage, 1 otherwise. It fits BLAS's parameter of the same name.
  func add(
    to input: Tensor, _ body: (_ gradient: UnsafeMutablePointer<Float>, _ beta: Float) -> Void
  ) {
    guard let node = input.node else { return }
    require(node.table == nil, "[\(node.name)] only rows of a table can be used")
    if let accumulator = node.accumulator {
      body(accumulator.pointer, 1)
    } else if let present = arrived[ObjectIdentifier(node)] {
      body(present.pointer, 1)
    } else {
      let fresh = Tensor(uninitialized: input.shape, on: input.device)
      body(fresh.pointer, 0)
      arrived[ObjectIdentifier(node)] = fresh
    }
  }

  /// As ``add(to:_:)``, for a body that only adds: a new gradient starts at zero.
  func addOntoZero(to input: Tensor, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    add(to: input) { gradient, beta in
      if beta == 0 { gradient.update(repeating: 0, count: input.count) }
      body(gradient)
    }
  }

  /// Adds `gradient` itself to the gradient of `input`; the caller must not use it afterwards.
  func pass(_ gradient: Tensor, to input: Tensor) {
    guard let node = input.node else { return }
    if node.accumulator == nil && arrived[ObjectIdentifier(node)] == nil {
      arrived[ObjectIdentifier(node)] = Tensor(shape: input.shape, storage: gradient.storage)
    } else {
      add(to: input) { present, _ in
        mdlm_accumulate(gradient.pointer, 1, present, gradient.count)
      }
    }
  }
}

extension Tensor {
  /// Computes the gradient of this scalar with respect to every parameter it depends on.
  ///
  /// Gradients are added to what the parameters' accumulators hold. The tape is consumed: a second
  /// call finds nothing.
  public func backward() {
    require(count == 1, "[backward] the loss must be a scalar, not of shape \(shape)")
    _ = backward(from: Tensor(repeating: 1, shape: shape, on: device))
  }

  /// Computes gradients, given that of this tensor.
  ///
  /// - Returns: The gradients of variables that have no accumulator.
  func backward(from upstream: Tensor) -> Gradients {
    let gradients = Gradients()
    guard let node else { return gradients }
    gradients.pass(upstream, to: self)
    let left = device.phases.current
    defer { device.phases.enter(left) }
    for node in node.reverseTopologicalOrder() {
      guard let pullback = node.pullback else { continue }
      node.pullback = nil
      device.phases.enter(node.phase)
      if let upstream = gradients.take(node) { pullback(upstream, gradients) }
    }
    return gradients
  }
}

extension GraphNode {
  /// This node and everything it depends on, each before its inputs.
  fileprivate func reverseTopologicalOrder() -> [GraphNode] {
    var finished: [GraphNode] = []
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    // An explicit stack: a deep network would overflow the program's.
    var stack: [(node: GraphNode, next: Int)] = [(self, 0)]
    while let (node, next) = stack.last {
      if next == node.inputs.count {
        finished.append(node)
        stack.removeLast()
      } else {
        stack[stack.count - 1].next += 1
        let input = node.inputs[next]
        if seen.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
      }
    }
    return finished.reversed()
  }
}
