/// One generated sequence.
public struct Sample: Sendable, Equatable {
  /// The number of the sample.
  public let index: Int
  /// The tokens, fixed ones included, up to where a ``StopRule`` has cut them.
  public let tokens: [Int32]
  /// How many calls of the network this sequence took part in.
  public let networkCalls: Int

  public init(index: Int, tokens: [Int32], networkCalls: Int) {
    self.index = index
    self.tokens = tokens
    self.networkCalls = networkCalls
  }
}
