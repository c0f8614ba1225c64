/// What happens while sequences are drawn, in order for each of them.
public enum SamplingEvent: Sendable, Equatable {
  /// A sequence is about to be revealed.
  case began(SamplingBeginning)
  /// A mask has become a token.
  case revealed(Reveal)
  /// A token has become a mask again, to be drawn anew.
  case remasked(Remask)
  /// The network has been called, and what it revealed has been told.
  case called(NetworkCall)
  /// A sequence is complete.
  case finished(Sample)
}

/// A sequence as it is before its first step.
public struct SamplingBeginning: Sendable, Equatable {
  /// The number of the sample.
  public let sample: Int
  /// Fixed tokens in their places, the mask everywhere else.
  public let tokens: [Int32]

  public init(sample: Int, tokens: [Int32]) {
    self.sample = sample
    self.tokens = tokens
  }
}

/// One call of the network for several sequences at once.
public struct NetworkCall: Sendable, Equatable {
  /// The numbers of the samples that took part.
  public let samples: [Int]
  /// Tokens of each of them that the network saw.
  public let length: Int

  public init(samples: [Int], length: Int) {
    self.samples = samples
    self.length = length
  }
}

/// A mask that became a token.
public struct Reveal: Sendable, Equatable {
  /// The number of the sample.
  public let sample: Int
  /// The step of the predictor that revealed it, counted from 0 over all blocks of the sequence.
  public let step: Int
  /// t before that step: 1 is all masks, 0 none.
  public let time: Double
  /// Its place in the sequence.
  public let position: Int
  public let token: Int32
  /// What the model said of this token and of all tokens at this place.
  public let belief: TokenBelief

  public init(
    sample: Int, step: Int, time: Double, position: Int, token: Int32, belief: TokenBelief
  ) {
    self.sample = sample
    self.step = step
    self.time = time
    self.position = position
    self.token = token
    self.belief = belief
  }
}

/// The model's distribution at one place when its token was drawn, in short.
///
/// It is p(x_0 | x_t) among the tokens that are allowed there, before temperature, top-k and top-p.
public struct TokenBelief: Sendable, Equatable {
  /// The probability of the token that was drawn.
  public let probability: Double
  /// In nats.
  public let entropy: Double
  /// The likeliest tokens with their probabilities, the likeliest first; at most five.
  public let top: [Candidate]

  /// A token that might have been drawn.
  public struct Candidate: Sendable, Equatable {
    public let token: Int32
    public let probability: Double

    public init(token: Int32, probability: Double) {
      self.token = token
      self.probability = probability
    }
  }

  public init(probability: Double, entropy: Double, top: [Candidate]) {
    self.probability = probability
    self.entropy = entropy
    self.top = top
  }
}

/// A token that became a mask again.
public struct Remask: Sendable, Equatable {
  /// The number of the sample.
  public let sample: Int
  public let step: Int
  public let time: Double
  public let position: Int
  /// The token that is gone.
  public let token: Int32

  public init(sample: Int, step: Int, time: Double, position: Int, token: Int32) {
    self.sample = sample
    self.step = step
    self.time = time
    self.position = position
    self.token = token
  }
}
