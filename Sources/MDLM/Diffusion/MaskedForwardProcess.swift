/// The absorbing forward process q(x_t | x_0): each token turns into the mask independently.
///
/// Every position can be masked, special tokens and padding included, as in the official code.
public struct MaskedForwardProcess: Sendable {
  public let schedule: any NoiseSchedule
  public let maskID: Int32

  public init(schedule: any NoiseSchedule, maskID: Int32) {
    self.schedule = schedule
    self.maskID = maskID
  }

  /// Returns the noised sequences.
  ///
  /// - Parameters:
  ///   - tokens: Clean sequences one after another, `[times.count · length]`.
  ///   - length: Tokens in a sequence.
  ///   - times: The time of each sequence.
  ///   - uniform: A number in [0, 1) for a (sequence, position); the token is masked if it is below
  ///     the mask probability.
  /// - Returns: The sequences at their times.
  public func noised(
    _ tokens: [Int32], length: Int, times: [Double],
    uniform: (_ sequence: Int, _ position: Int) -> Double
  ) -> NoisedSequences {
    require(
      tokens.count == times.count * length,
      "[noised] \(tokens.count) tokens for \(times.count) sequences of \(length)")
    var noisy = tokens
    for (sequence, time) in times.enumerated() {
      let probability = schedule.maskProbability(at: time)
      for position in 0..<length where uniform(sequence, position) < probability {
        noisy[sequence * length + position] = maskID
      }
    }
    return NoisedSequences(clean: tokens, noisy: noisy, length: length, times: times)
  }
}

/// Sequences before and after noising.
public struct NoisedSequences: Sendable {
  /// x_0, `[sequences · length]`.
  public let clean: [Int32]
  /// x_t, `[sequences · length]`.
  public let noisy: [Int32]
  public let length: Int
  /// t of each sequence.
  public let times: [Double]

  public init(clean: [Int32], noisy: [Int32], length: Int, times: [Double]) {
    self.clean = clean
    self.noisy = noisy
    self.length = length
    self.times = times
  }
}
