/// The kind and the sizes of a ``Network``.
public struct NetworkConfiguration: Equatable, Sendable {
  public var backbone: Backbone
  /// The number of token ids, the mask included (V).
  public var vocabularySize: Int
  /// Tokens in a row (L).
  public var length: Int
  /// The width of the residual stream (D).
  public var hiddenSize: Int
  public var blockCount: Int
  public var headCount: Int
  /// The width of the conditioning vector that the adaptive norms read; idle without them.
  public var conditioningSize: Int
  /// The share of attention and MLP outputs that training drops.
  public var dropout: Double
  /// Whether the network sees the noise level; without it the level is read as zero.
  public var timeConditioning: Bool

  public init(
    vocabularySize: Int, length: Int, hiddenSize: Int, blockCount: Int, headCount: Int,
    conditioningSize: Int = 128, dropout: Double = 0.1, timeConditioning: Bool = false,
    backbone: Backbone = .dit
  ) {
    self.backbone = backbone
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
}
