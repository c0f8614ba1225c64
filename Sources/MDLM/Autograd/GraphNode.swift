/// One recorded operation, or one parameter: a place where a gradient arrives.
final class GraphNode: @unchecked Sendable {
  /// The operation's name, or the parameter's.
  let name: String
  /// The nodes that the gradient flows on to.
  let inputs: [GraphNode]
  /// Where a parameter's gradient is added up; nil for an operation's result.
  let accumulator: Tensor?
  /// Where the gradients of the rows of a table are added up.
  let table: TableGradient?
  /// The part of the network it belongs to, which its pullback's time counts for.
  let phase: Phase
  /// Turns the gradient of the result into gradients of the inputs; dropped once it has run, so that
  /// the tensors it keeps return to the pool while the backward pass goes on.
  var pullback: ((Tensor, Gradients) -> Void)?

  init(
    _ name: String, inputs: [GraphNode] = [], accumulator: Tensor? = nil,
    table: TableGradient? = nil, phase: Phase = .other,
    pullback: ((Tensor, Gradients) -> Void)? = nil
  ) {
    self.name = name
    self.inputs = inputs
    self.accumulator = accumulator
    self.table = table
    self.phase = phase
    self.pullback = pullback
  }
}

extension Tensor {
  /// Returns this result with its pullback on the tape, if any input wants a gradient.
  ///
  /// - Parameters:
  ///   - name: The operation's name, shown in messages.
  ///   - inputs: The tensors it was computed from.
  ///   - pullback: Adds to the gradients of `inputs`, given the gradient of the result.
  /// - Returns: The same values, tied to `inputs`.
  func recorded(
    _ name: String, _ inputs: [Tensor], pullback: @escaping (Tensor, Gradients) -> Void
  ) -> Tensor {
    let nodes = inputs.compactMap(\.node)
    guard !nodes.isEmpty else { return self }
    return Tensor(
      shape: shape, storage: storage,
      node: GraphNode(name, inputs: nodes, phase: device.phases.current, pullback: pullback))
  }

  /// Returns the same values as an independent variable whose gradient is added to `accumulator`.
  func variable(named name: String, accumulator: Tensor) -> Tensor {
    require(
      accumulator.count == count,
      "[variable] \(name): gradient \(accumulator.shape) for values \(shape)")
    return Tensor(
      shape: shape, storage: storage, node: GraphNode(name, accumulator: accumulator))
  }

  /// Returns the same values as a table whose rows' gradients are added to `table`.
  func table(named name: String, gradient: TableGradient) -> Tensor {
    require(
      gradient.shape == shape, "[table] \(name): gradient \(gradient.shape) for values \(shape)")
    return Tensor(shape: shape, storage: storage, node: GraphNode(name, table: gradient))
  }

  /// Whether a gradient will be computed for this tensor.
  var wantsGradient: Bool { node != nil }
}
