/// Everything that changes while a model trains.
///
/// A step is a function of this state, the rows and the step's number: no other state, no clock.
public struct TrainingState {
  /// The network that the optimizer steps on.
  public let network: any Network
  /// The network with the moving average of the weights, for validation, sampling and publication;
  /// the same as ``network`` where no average is kept.
  public let average: any Network
  public let diffusion: DiffusionSettings
  /// Steps done, skipped ones among them.
  public internal(set) var step = 0
  /// Steps that were skipped for want of finite numbers.
  public internal(set) var skippedSteps = 0
  /// How many of them were the last ones, without one that was not skipped behind them.
  public internal(set) var skippedInARow = 0
  var optimizer: AdamW
  let averaging: ExponentialMovingAverage?

  /// Creates a network with fresh weights, drawn from `seed`.
  public init(
    _ sizes: NetworkConfiguration, diffusion: DiffusionSettings,
    optimizer settings: AdamW.Settings, averaging: ExponentialMovingAverage?, seed: UInt64,
    on device: Device
  ) {
    network = sizes.network(on: device, trainable: true)
    network.parameters.initialize(seed: seed)
    average = averaging == nil ? network : sizes.network(on: device)
    optimizer = AdamW(settings, for: network.parameters)
    self.diffusion = diffusion
    self.averaging = averaging
    restartAverage()
  }

  /// Makes the average equal to the weights, as at the start of a run.
  mutating func restartAverage() {
    if average !== network { average.parameters.copyValues(from: network.parameters) }
  }

  /// The rows of one optimizer step.
  public struct Batch {
    /// `[rows · length]`.
    let tokens: [Int32]
    let unpaddedLengths: [Int]
    let length: Int

    var count: Int { unpaddedLengths.count }

    /// - Throws: ``InputError`` where a shard has changed since it was opened.
    public init(_ rows: TokenRows, indices: [Int]) throws(InputError) {
      tokens = try rows.tokens(of: indices)
      unpaddedLengths = indices.map(rows.unpaddedLength(of:))
      length = rows.length
    }
  }

  /// Takes one optimizer step, or skips it where its loss or gradient is not finite: the weights, the
  /// moments and the average then stay as they are, and the next step reads other rows.
  ///
  /// - Parameters:
  ///   - batch: The rows of the whole step.
  ///   - microBatches: Into how many parts it is split to save memory.
  ///   - checkpointsActivations: Whether blocks are computed again for the backward pass, to save
  ///     more of it.
  ///   - learningRate: Of this step.
  ///   - seed: Of times, masks and dropout.
  /// - Returns: What the step did.
  public mutating func train(
    on batch: Batch, microBatches: Int = 1, checkpointsActivations: Bool = false,
    learningRate: Double, seed: UInt64
  ) -> TrainingStepReport {
    network.parameters.clearGradients()
    let size = batch.count / microBatches
    require(
      size * microBatches == batch.count,
      "[train] \(batch.count) rows in \(microBatches) micro-batches")
    let objective = diffusion.objective
    let normalizer = Double(
      max(1, batch.unpaddedLengths.reduce(0) { $0 + objective.scoredTokens(of: $1) }))
    var loss = 0.0
    var shares = MaskedShareSums()
    for start in stride(from: 0, to: batch.count, by: size) {
      let noised = noised(batch, start..<start + size, seed: seed)
      let result = objective.loss(
        of: network, on: noised,
        unpaddedLengths: Array(batch.unpaddedLengths[start..<start + size]),
        normalizer: normalizer,
        .training(
          seed: seed, step: step, firstSequence: start, length: batch.length,
          checkpointsActivations: checkpointsActivations))
      loss += result.sequences.reduce(0) { $0 + $1.nats } / normalizer
      for row in result.sequences {
        shares.add(row.unweighted, tokens: row.tokens, masked: row.masked, of: batch.length)
      }
      result.loss.backward()
    }
    let norm = update(loss: loss, learningRate: learningRate)
    return TrainingStepReport(
      step: step, loss: loss, learningRate: learningRate, gradientNorm: norm,
      tokens: batch.tokens.count, isSkipped: skippedInARow > 0, maskedShares: shares)
  }

  /// Steps along the gradients, if all numbers are finite.
  ///
  /// - Returns: The global norm of the gradients.
  private mutating func update(loss: Double, learningRate: Double) -> Double {
    let phases = network.parameters.device.phases
    let left = phases.enter(.optimizer)
    defer { phases.enter(left) }
    let norm = network.parameters.gradientNorm()
    step += 1
    guard loss.isFinite, norm.isFinite else {
      skippedSteps += 1
      skippedInARow += 1
      return norm
    }
    skippedInARow = 0
    optimizer.step(
      network.parameters, learningRate: learningRate, gradientNorm: norm,
      average: averaging.map { (average.parameters, $0.decay(atUpdate: step - skippedSteps)) })
    return norm
  }

  /// Draws times and masks; both are addressed by the row's number in the whole batch.
  private func noised(_ batch: Batch, _ rows: Range<Int>, seed: UInt64) -> NoisedSequences {
    let times = RandomKey(seed: seed, stream: .times, step: step)
    let masks = RandomKey(seed: seed, stream: .masks, step: step)
    return diffusion.forwardProcess.noised(
      Array(batch.tokens[rows.lowerBound * batch.length..<rows.upperBound * batch.length]),
      length: batch.length,
      draws: rows.map {
        diffusion.timeDraw(
          uniform: times.uniform(row: diffusion.sharesOffset ? 0 : $0), index: $0,
          count: batch.count)
      }
    ) { masks.uniform(row: rows.lowerBound + $0, position: $1) }
  }
}
