/// What the network costs to run.
extension DiffusionTransformerConfiguration {
  /// Floating-point operations of one forward pass over one full sequence.
  ///
  /// Two per multiply-add: 24 L D² N for the blocks, 4 L² D N for attention scores and values, and
  /// 2 D V for every row that reaches the head.
  ///
  /// - Parameter headShare: The share of rows that reach the vocabulary projection: 1 in the
  ///   official code; one half on average here, where only masked rows do.
  /// - Returns: Operations for one sequence of ``length`` tokens.
  public func forwardOperations(headShare: Double = 1) -> Double {
    let (l, d, n, v) = (
      Double(length), Double(hiddenSize), Double(blockCount), Double(vocabularySize)
    )
    return 24 * l * d * d * n + 4 * l * l * d * n + 2 * l * headShare * d * v
  }

  /// Floating-point operations of one training step over one sequence: forward, and twice that
  /// backward.
  public var trainingOperations: Double { 3 * forwardOperations(headShare: 0.5) }
}
