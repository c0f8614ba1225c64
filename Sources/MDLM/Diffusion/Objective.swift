/// A training objective: what a batch of noised sequences costs a network.
///
/// Each is an upper bound on −log p of a row, or −log p itself. ``DiffusionSettings/objective`` makes
/// the one that a ``Parameterization`` names.
public protocol Objective: Sendable {
  /// Returns the loss of noised sequences.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - batch: Clean and noised tokens with their times.
  ///   - unpaddedLengths: Tokens that carry loss at the start of each sequence; nil for all.
  ///   - normalizer: What the sum is divided by: ``scoredTokens(of:)`` of the whole global batch.
  ///   - pass: Training or inference.
  /// - Returns: The loss and each scored token's part in it.
  func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]?,
    normalizer: Double, _ pass: ForwardPass
  ) -> ObjectiveResult

  /// The tokens that the loss of a row is of, given those before its padding.
  func scoredTokens(of unpaddedLength: Int) -> Int
}

extension Objective {
  /// Returns the loss of noised sequences without padding.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - batch: Clean and noised tokens with their times.
  ///   - normalizer: What the sum is divided by.
  ///   - pass: Training or inference.
  /// - Returns: The loss and each scored token's part in it.
  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, normalizer: Double,
    _ pass: ForwardPass
  ) -> ObjectiveResult {
    loss(of: denoiser, on: batch, unpaddedLengths: nil, normalizer: normalizer, pass)
  }

  public func scoredTokens(of unpaddedLength: Int) -> Int { unpaddedLength }
}

/// What one batch of noised sequences costs.
public struct ObjectiveResult {
  /// Σ of all weighted losses / normalizer, a scalar with its gradient's history.
  public let loss: Tensor
  /// The weighted loss of every scored token, in nats, by its place in the batch.
  public let tokenLosses: [(index: Int, nats: Double)]
  /// What each sequence costs.
  public let sequences: [SequenceLoss]

  /// The loss of each sequence: the sum of its tokens' losses, in nats.
  public var sequenceLosses: [Double] { sequences.map(\.nats) }

  /// Puts together what the places of a batch cost.
  ///
  /// - Parameters:
  ///   - loss: The whole.
  ///   - places: The scored places of the batch, ascending, with their losses without weight.
  ///   - batch: The batch.
  init(
    _ loss: Tensor, places: some Sequence<(index: Int, nats: Double)>, of batch: NoisedSequences
  ) {
    self.loss = loss
    var sequences = batch.maskCounts.map { SequenceLoss(masked: $0) }
    tokenLosses = places.map { index, nats in
      let weighted = nats * batch.draw(at: index).weight
      sequences[index / batch.length].add(nats, weighted: weighted)
      return (index, weighted)
    }
    self.sequences = sequences
  }

  /// The result with a further loss for places of its own.
  ///
  /// - Parameters:
  ///   - further: Its part in the whole.
  ///   - places: Its places and losses; they weigh 1.
  ///   - length: Tokens in a sequence.
  /// - Returns: The sum of both.
  func adding(
    _ further: Tensor, places: [(index: Int, nats: Double)], length: Int
  ) -> ObjectiveResult {
    var sequences = sequences
    var sums = Dictionary(uniqueKeysWithValues: tokenLosses.map { ($0.index, $0.nats) })
    for (index, nats) in places {
      sums[index, default: 0] += nats
      sequences[index / length].nats += nats
    }
    return ObjectiveResult(
      loss: loss + further,
      tokenLosses: sums.sorted { $0.key < $1.key }.map { (index: $0.key, nats: $0.value) },
      sequences: sequences)
  }

  private init(
    loss: Tensor, tokenLosses: [(index: Int, nats: Double)], sequences: [SequenceLoss]
  ) {
    self.loss = loss
    self.tokenLosses = tokenLosses
    self.sequences = sequences
  }
}

/// What one noised sequence costs.
public struct SequenceLoss: Sendable, Equatable {
  /// The weighted losses of its tokens, in nats.
  public internal(set) var nats = 0.0
  /// The losses of its scored masked tokens without their weight, in nats.
  public internal(set) var unweighted = 0.0
  /// How many these are.
  public internal(set) var tokens = 0
  /// Masked positions, those without loss among them.
  public let masked: Int

  init(masked: Int) { self.masked = masked }

  mutating func add(_ loss: Double, weighted: Double) {
    nats += weighted
    unweighted += loss
    tokens += 1
  }
}

extension Denoiser {
  /// Returns the losses of the tokens at some places of noised sequences.
  ///
  /// - Parameters:
  ///   - loss: How logits become a loss.
  ///   - targets: The right tokens.
  ///   - places: Whose answers are meant, ascending: sequence · length + position.
  ///   - noisy: Sequences with masks, `[sequences · length]`.
  ///   - length: Tokens in a sequence.
  ///   - noiseLevels: σ of each sequence.
  ///   - weights: What each counts in the sum.
  ///   - excluded: A token that never is the answer; nil for none.
  ///   - pass: Training or inference.
  /// - Returns: Their weighted sum, and the loss of each place.
  func losses(
    _ loss: any LogitLoss = CrossEntropyLoss(), of targets: [Int32], at places: [Int],
    in noisy: [Int32], length: Int, noiseLevels: [Float], weights: [Float],
    excluding excluded: Int32?, _ pass: ForwardPass
  ) -> RowLosses {
    let features = features(noisy, length: length, noiseLevels: noiseLevels, pass)
    return features.rows.device.during(.head) {
      let head = head(features, rows: places.map(Int32.init), pass)
      return head.input.vocabularyLoss(
        weight: head.weight, bias: head.bias, targets: targets, rowWeights: weights,
        excluding: excluded.map(Int.init), loss, isFinal: pass.hasFinalLoss)
    }
  }

  /// Returns the losses of the masked tokens of a batch, each with the weight of its time.
  ///
  /// - Parameters:
  ///   - loss: Makes the loss, given the places of its rows in the batch.
  ///   - batch: Clean and noised tokens with their times.
  ///   - unpaddedLengths: Tokens that carry loss at the start of each sequence; nil for all.
  ///   - maskID: The mask.
  ///   - excluded: A token that never is the answer; nil for none.
  ///   - normalizer: What the sum is divided by.
  ///   - pass: Training or inference.
  /// - Returns: The loss and each masked token's part in it.
  func maskedLosses(
    _ loss: (_ places: [Int]) -> any LogitLoss, on batch: NoisedSequences,
    unpaddedLengths: [Int]?, maskID: Int32, excluding excluded: Int32?, normalizer: Double,
    _ pass: ForwardPass
  ) -> ObjectiveResult {
    let length = batch.length
    let scored = batch.noisy.indices.filter { index in
      batch.noisy[index] == maskID && batch.clean[index] != maskID
        && index % length < unpaddedLengths?[index / length] ?? length
    }
    let losses = losses(
      loss(scored), of: scored.map { batch.clean[$0] }, at: scored, in: batch.noisy,
      length: length, noiseLevels: batch.noiseLevels,
      weights: scored.map { Float(batch.draw(at: $0).weight / normalizer) }, excluding: excluded,
      pass)
    return ObjectiveResult(
      losses.total, places: zip(scored, losses.losses).map { ($0, Double($1)) }, of: batch)
  }
}
