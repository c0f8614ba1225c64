/// One sample as its quality is measured, from a sampler or from a line that `mdlm sample --json` wrote.
public struct SampleRecord: Sendable, Equatable {
  /// The tokens that figures count.
  public var tokens: [Int32]
  /// What a judge reads, special tokens left out; nil where there are only tokens.
  public var text: String?
  /// How many calls of the network it took.
  public var networkCalls: Double?
  /// How long it took.
  public var seconds: Double?
  /// How it was drawn; samples that were drawn in the same way form a group.
  public var method: SamplingMethod

  public init(
    tokens: [Int32], text: String?, networkCalls: Double? = nil, seconds: Double? = nil,
    method: SamplingMethod = SamplingMethod()
  ) {
    self.tokens = tokens
    self.text = text
    self.networkCalls = networkCalls
    self.seconds = seconds
    self.method = method
  }
}

/// How a sample was drawn, as far as it is known.
public struct SamplingMethod: Sendable, Hashable {
  /// The predictor's name.
  public var predictor: String?
  /// Steps from all masked to none.
  public var steps: Int?

  public init(predictor: String? = nil, steps: Int? = nil) {
    self.predictor = predictor
    self.steps = steps
  }
}
