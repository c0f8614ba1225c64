/// A network that gives every token a probability from the tokens before it.
///
/// It is all that ``TextJudge`` asks of a network; text, windows and batches are the judge's.
public protocol AutoregressiveNetwork: Sendable {
  /// The number of token ids.
  var vocabularySize: Int { get }
  /// The most tokens that it sees at once.
  var contextLength: Int { get }

  /// Returns −log p of chosen tokens given those before them in their sequence, in nats.
  ///
  /// A token has no influence on those before it, so short sequences may be filled up at their end.
  ///
  /// - Parameters:
  ///   - tokens: Sequences one after another, `[sequences · length]`.
  ///   - length: Tokens in each sequence, at most ``contextLength``.
  ///   - places: Which tokens, ascending: sequence · length + position, the position at least 1.
  /// - Returns: One value for each place.
  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float]
}
