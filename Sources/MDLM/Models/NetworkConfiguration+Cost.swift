/// What the network costs to run.
extension NetworkConfiguration {
  /// Floating-point operations of one forward pass over one full sequence.
  ///
  /// Two per multiply-add. A block has 24 L D² for its linear maps and 4 L² D for attention scores and
  /// values; the head has 2 D V for every row that reaches it. Of the last block, rows that are not
  /// asked for need keys and values only, 4 D²; in the first, equal tokens share queries, keys and
  /// values, 6 D².
  ///
  /// - Parameters:
  ///   - scoredShare: The share of rows that are asked for: 1 in the official code; one half on
  ///     average here, where only masked rows are.
  ///   - distinctShare: How many tokens are different from each other, as a share of all: 1 in the
  ///     official code.
  /// - Returns: Operations for one sequence of ``length`` tokens.
  public func forwardOperations(
    scoredShare: Double = 1, distinctShare: Double = 1
  ) -> Double {
    let (l, d, v) = (Double(length), Double(hiddenSize), Double(vocabularySize))
    // A causal query sees half of the keys on average.
    let attention = (backbone.isCausal ? 2 : 4) * l * l * d
    let last = 4 * l * d * d + scoredShare * (20 * l * d * d + attention)
    // Time conditioning makes equal tokens differ by sequence.
    let shared = blockCount > 1 && !timeConditioning ? (1 - distinctShare) * 6 * l * d * d : 0
    let others = Double(blockCount - 1) * (24 * l * d * d + attention) - shared
    return others + last + 2 * l * scoredShare * d * v
  }
}
