extension Tensor {
  /// Returns what `body` makes of `inputs`, without keeping what lies between.
  ///
  /// The backward pass calls `body` again and goes back through it: one more forward pass for the
  /// memory of everything but its inputs (activation checkpointing; Chen et al. 2016,
  /// arXiv 1604.06174).
  ///
  /// - Parameters:
  ///   - inputs: All that `body` reads and that gradients flow back to, parameters excepted.
  ///   - body: Computes the same values every time; records parameters only where it is told to.
  /// - Returns: The values of `body`.
  static func checkpointed(
    _ inputs: [Tensor], _ body: @escaping (_ inputs: [Tensor], _ recording: Bool) -> Tensor
  ) -> Tensor {
    let result = body(inputs.map(\.detached), false)
    return result.recorded("checkpointed", inputs) { upstream, gradients in
      let leaves = inputs.map { input in
        Tensor(shape: input.shape, storage: input.storage, node: GraphNode("checkpoint"))
      }
      let arrived = body(leaves, true).backward(from: upstream)
      for (input, leaf) in zip(inputs, leaves) {
        if let node = leaf.node, let gradient = arrived.take(node) {
          gradients.pass(gradient, to: input)
        }
      }
    }
  }
}
