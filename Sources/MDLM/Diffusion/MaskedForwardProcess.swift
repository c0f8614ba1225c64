/// The absorbing forward process q(x_t | x_0): each token turns into the mask independently.
///
/// Every position can be masked, special tokens and padding included, as in the official code.
public struct MaskedForwardProcess: Sendable {
  public let maskID: Int32

  public init(maskID: Int32) { self.maskID = maskID }

  /// Returns the noised sequences.
  ///
  /// - Parameters:
  ///   - tokens: Clean sequences one after another, `[sequences · length]`.
  ///   - length: Tokens in a sequence.
  ///   - draws: The time of each sequence, or of each of as many equal blocks of it.
  ///   - uniform: A number in [0, 1) for a (sequence, position); the token is masked if it is below
  ///     the mask probability.
  /// - Returns: The sequences at their times.
  public func noised(
    _ tokens: [Int32], length: Int, draws: [TimeDraw],
    uniform: (_ sequence: Int, _ position: Int) -> Double
  ) -> NoisedSequences {
    var batch = NoisedSequences(clean: tokens, noisy: tokens, length: length, draws: draws)
    for index in tokens.indices
    where uniform(index / length, index % length) < batch.draw(at: index).maskProbability {
      batch.noisy[index] = maskID
    }
    batch.maskCounts = batch.countMasks(maskID)
    return batch
  }
}

/// Sequences before and after noising.
public struct NoisedSequences: Sendable {
  /// x_0, `[sequences · length]`.
  public let clean: [Int32]
  /// x_t, `[sequences · length]`.
  public internal(set) var noisy: [Int32]
  public let length: Int
  /// The time of each sequence, or of each of as many equal blocks of it.
  public let draws: [TimeDraw]
  /// Masked positions of each sequence.
  var maskCounts: [Int]
  /// Tokens that share a time.
  private let span: Int

  /// - Parameters:
  ///   - clean: x_0, `[sequences · length]`.
  ///   - noisy: x_t, `[sequences · length]`.
  ///   - length: Tokens in a sequence.
  ///   - draws: The time of each sequence, or of each of as many equal blocks of it.
  public init(clean: [Int32], noisy: [Int32], length: Int, draws: [TimeDraw]) {
    span = clean.count / max(1, draws.count)
    require(
      clean.count == noisy.count && clean.count == draws.count * span
        && (draws.isEmpty || length % span == 0),
      "[NoisedSequences] \(clean.count) and \(noisy.count) tokens with \(draws.count) times for "
        + "sequences of \(length)")
    self.clean = clean
    self.noisy = noisy
    self.length = length
    self.draws = draws
    maskCounts = []
    // Whatever differs is a mask.
    maskCounts = stride(from: 0, to: clean.count, by: length).map { start in
      (start..<start + length).count { noisy[$0] != clean[$0] }
    }
  }

  /// The time of a place in the batch.
  public func draw(at index: Int) -> TimeDraw { draws[index / span] }

  /// σ of each sequence, as the network is told it.
  var noiseLevels: [Float] {
    stride(from: 0, to: clean.count, by: length).map { Float(draw(at: $0).noiseLevel) }
  }

  fileprivate func countMasks(_ maskID: Int32) -> [Int] {
    stride(from: 0, to: noisy.count, by: length).map { start in
      noisy[start..<start + length].count { $0 == maskID }
    }
  }
}
