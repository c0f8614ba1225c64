/// What the user wants of every token that is drawn, with any predictor.
///
/// Forbidden tokens come first, then the repetition penalty, the temperature, top-k and top-p, each on
/// what the one before has left. Which positions are surest is decided before all but the first.
public struct TokenControls: Sendable, Equatable {
  /// Whether the token with which the probability mass reaches p is one of those that are kept.
  public enum TopPRule: String, CaseIterable, Sendable {
    /// It is kept: the fewest tokens whose probabilities sum to p or more, as in Hugging Face's code.
    case inclusive
    /// It is dropped: the most tokens whose probabilities sum to p or less, as in the code of ReMDM
    /// and BD3-LM. The likeliest token is always kept.
    case exclusive
  }

  /// What log-probabilities are divided by: 1 is the model's own distribution, 0 the likeliest token.
  public var temperature: Double
  /// How many of the likeliest tokens are kept; nil keeps all.
  public var topK: Int?
  /// The probability mass of the likeliest tokens that are kept; nil keeps all.
  public var topP: Double?
  public var topPRule: TopPRule
  /// What a token's probability is divided by for each time that it is visible already; 1 for none.
  public var repetitionPenalty: Double
  /// Tokens that are never drawn, besides the mask.
  public var banned: Set<Int32>

  public init(
    temperature: Double = 1, topK: Int? = nil, topP: Double? = nil,
    topPRule: TopPRule = .inclusive, repetitionPenalty: Double = 1, banned: Set<Int32> = []
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.topPRule = topPRule
    self.repetitionPenalty = repetitionPenalty
    self.banned = banned
  }
}
