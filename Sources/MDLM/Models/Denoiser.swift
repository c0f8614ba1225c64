/// A network that predicts the original tokens of noised sequences, in two calls.
///
/// Diffusion needs its answer at some positions only, so what can be left out elsewhere (the last
/// block and the expensive projection on the vocabulary) is a separate call for chosen rows.
public protocol Denoiser: Sendable {
  /// The number of token ids, the mask included.
  var vocabularySize: Int { get }
  /// The most tokens in a sequence.
  var length: Int { get }
  /// Whether its answer depends on the noise level.
  var conditionsOnTime: Bool { get }

  /// Returns what the network knows about every position, before its last block.
  ///
  /// - Parameters:
  ///   - tokens: Whole sequences one after another, `[sequences · length]`.
  ///   - length: Tokens in each sequence, at most ``Denoiser/length``.
  ///   - noiseLevels: σ(t) of each sequence; ignored without time conditioning.
  ///   - pass: Training or inference.
  /// - Returns: One row for each token.
  func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features

  /// Returns the last block and the output layer applied to some rows of `features`.
  ///
  /// - Parameters:
  ///   - features: What ``features(_:length:noiseLevels:_:)`` returned.
  ///   - rows: Row numbers in ascending order.
  ///   - pass: The pass that made the features.
  /// - Returns: The input of the vocabulary projection, and its weights.
  func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead
}

/// The residual stream before the last block, with all that block and the output layer need.
public struct Features {
  /// `[sequences · length, width]`.
  var rows: Tensor
  /// `[groups, conditioningSize]`: one group for all sequences, or one for each; nil where nothing
  /// conditions the network.
  let conditioning: Tensor?
  /// Every row of the batch.
  let selection: RowSelection
  let length: Int
}

/// Chosen rows on their way to the vocabulary: normalized features, and the projection's weights.
public struct OutputHead {
  /// `[rows, width]`.
  let input: Tensor
  /// `[vocabulary, width]`.
  let weight: Tensor
  /// `[vocabulary]`.
  let bias: Tensor

  /// Returns the scores of every token, `[rows, vocabulary]`.
  public func logits() -> Tensor { input.linear(weight, bias: bias) }
}
