/// The sizes of a ``DiffusionTransformer``.
public struct DiffusionTransformerConfiguration: Equatable, Sendable {
  /// The number of token ids, the mask included (V).
  public var vocabularySize: Int
  /// Tokens in a row (L).
  public var length: Int
  /// The width of the residual stream (D).
  public var hiddenSize: Int
  public var blockCount: Int
  public var headCount: Int
  /// The width of the conditioning vector that the adaptive norms read.
  public var conditioningSize: Int
  /// The share of attention and MLP outputs that training drops.
  public var dropout: Double
  /// Whether the network sees the noise level; without it the level is read as zero.
  public var timeConditioning: Bool

  public init(
    vocabularySize: Int, length: Int, hiddenSize: Int, blockCount: Int, headCount: Int,
    conditioningSize: Int = 128, dropout: Double = 0.1, timeConditioning: Bool = false
  ) {
    self.vocabularySize = vocabularySize
    self.length = length
    self.hiddenSize = hiddenSize
    self.blockCount = blockCount
    self.headCount = headCount
    self.conditioningSize = conditioningSize
    self.dropout = dropout
    self.timeConditioning = timeConditioning
  }

  /// The width of one attention head (d = D / H).
  public var headSize: Int { hiddenSize / headCount }

  /// The number of trainable parameters.
  ///
  /// VD + (256c + c) + (c² + c) + N(12D² + 13D + 6Dc) + D + VD + V + 2Dc + 2D.
  public var parameterCount: Int {
    let (v, d, n, c) = (vocabularySize, hiddenSize, blockCount, conditioningSize)
    let timestep = 257 * c + c * c + c
    let block = 12 * d * d + 13 * d + 6 * d * c
    return v * d + timestep + n * block + d + v * d + v + 2 * d * c + 2 * d
  }
}
