/// The Rao-Blackwellized continuous-time NELBO of MDLM (arXiv 2406.07524, equation 10).
///
/// For one noised sequence the estimate is Σ over masked positions of −w(t) log p(x_0 | x_t), with
/// w(t) = −α′(t)/(1 − α(t)), which is 1/t for the log-linear schedule. Visible positions cost
/// exactly nothing, so only masked rows reach the head.
public struct MaskedDiffusionObjective: Sendable {
  public let schedule: any NoiseSchedule
  public let maskID: Int32

  public init(schedule: any NoiseSchedule, maskID: Int32) {
    self.schedule = schedule
    self.maskID = maskID
  }

  /// What one batch of noised sequences costs.
  public struct Result {
    /// Σ of all weighted losses / `normalizer`, a scalar with its gradient's history.
    public let loss: Tensor
    /// The weighted loss of every scored token, in nats, by its place in the batch.
    public let tokenLosses: [(index: Int, nats: Double)]
    /// Masked positions of each sequence, those without loss among them.
    let masked: [Int]
    let length: Int

    /// The NELBO of each sequence: the sum of its tokens' losses, in nats.
    public var sequenceLosses: [Double] { sequenceSums.map(\.nats) }

    /// The NELBO of each sequence, how many tokens it is of, and how many positions are masked.
    var sequenceSums: [(nats: Double, tokens: Int, masked: Int)] {
      var sums = masked.map { (nats: 0.0, tokens: 0, masked: $0) }
      for (index, nats) in tokenLosses {
        sums[index / length].nats += nats
        sums[index / length].tokens += 1
      }
      return sums
    }
  }

  /// Returns the loss of noised sequences.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - batch: Clean and noised tokens with their times.
  ///   - unpaddedLengths: Tokens that carry loss at the start of each sequence; nil for all.
  ///   - normalizer: What the sum is divided by: the unpadded tokens of the whole global batch.
  ///   - pass: Training or inference.
  /// - Returns: The loss and each scored token's part in it.
  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]? = nil,
    normalizer: Double, _ pass: ForwardPass
  ) -> Result {
    let length = batch.length
    let scored = batch.noisy.indices.filter { index in
      batch.noisy[index] == maskID && batch.clean[index] != maskID
        && index % length < unpaddedLengths?[index / length] ?? length
    }
    let weights = batch.times.map(schedule.lossWeight(at:))
    let losses = denoiser.crossEntropies(
      of: scored.map { batch.clean[$0] }, at: scored, in: batch.noisy, length: length,
      noiseLevels: batch.times.map { Float(schedule.totalNoise(at: $0)) },
      weights: scored.map { Float(weights[$0 / length] / normalizer) }, maskID: maskID, pass)
    let tokenLosses = zip(scored, losses.nll).map { index, nll in
      (index: index, nats: Double(nll) * weights[index / length])
    }
    var masked = [Int](repeating: 0, count: batch.times.count)
    for (index, token) in batch.noisy.enumerated() where token == maskID {
      masked[index / length] += 1
    }
    return Result(loss: losses.total, tokenLosses: tokenLosses, masked: masked, length: length)
  }
}

extension Denoiser {
  /// Returns −log p(x_0 | x_t) of the tokens at masked positions.
  ///
  /// - Parameters:
  ///   - targets: The right tokens.
  ///   - places: Where they belong, ascending: sequence · length + position.
  ///   - noisy: Sequences with masks, `[sequences · length]`.
  ///   - length: Tokens in a sequence.
  ///   - noiseLevels: σ of each sequence.
  ///   - weights: What each counts in the sum.
  ///   - maskID: The mask, which never is the answer.
  ///   - pass: Training or inference.
  /// - Returns: Their weighted sum, and the score of each place.
  func crossEntropies(
    of targets: [Int32], at places: [Int], in noisy: [Int32], length: Int, noiseLevels: [Float],
    weights: [Float], maskID: Int32, _ pass: ForwardPass
  ) -> RowLosses {
    let features = features(noisy, length: length, noiseLevels: noiseLevels, pass)
    return features.rows.device.during(.head) {
      let head = head(features, rows: places.map(Int32.init), pass)
      return head.input.crossEntropy(
        weight: head.weight, bias: head.bias, targets: targets, rowWeights: weights,
        excluding: Int(maskID), isFinal: pass.hasFinalLoss)
    }
  }
}
