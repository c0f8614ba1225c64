/// Measures how likely a model makes rows of tokens.
///
/// A replicate is one round of draws for every row. Draws depend on the seed, the replicate and the
/// row alone. See <doc:MaskedDiffusion> for what each estimator computes.
public struct PerplexityEvaluator: Sendable {
  public let diffusion: DiffusionSettings
  /// What is measured; for the official figure of an autoregressive model its exact one.
  public let estimator: LikelihoodEstimator
  /// Replicates, or the most of them where ``errorGoal`` may end the work; a deterministic estimator
  /// takes one.
  public var samples: Int
  /// Replicates are added until the Monte-Carlo error, in nats per token, is no larger: at least
  /// three, since an error from two says little.
  public var errorGoal: Double?
  public var seed: UInt64
  /// Sequences in one call of the network; the result depends on it by rounding only.
  public var batchSize: Int

  public init(
    _ diffusion: DiffusionSettings, estimator: LikelihoodEstimator = .official, samples: Int = 1,
    errorGoal: Double? = nil, seed: UInt64 = 1, batchSize: Int = 32
  ) {
    require(
      samples >= 1 && batchSize >= 1,
      "[PerplexityEvaluator] \(samples) samples, \(batchSize) rows a batch")
    let estimator =
      estimator == .official ? .official(for: diffusion.parameterization) : estimator
    require(
      estimator.measures(diffusion.parameterization),
      "[PerplexityEvaluator] \(estimator.rawValue) of a model with "
        + diffusion.parameterization.rawValue)
    self.diffusion = diffusion
    self.estimator = estimator
    self.samples = samples
    self.errorGoal = errorGoal
    self.seed = seed
    self.batchSize = batchSize
  }

  /// How far an evaluation has come.
  public struct Progress: Sendable {
    /// Rows scored, over all replicates.
    public let rowsDone: Int
    /// Rows to score, if no error goal ends the work before.
    public let rowsTotal: Int
    /// The mean so far, in nats per token.
    public let nll: Double
    /// The Monte-Carlo error of the replicates that are whole; nil for fewer than two.
    public let monteCarloError: Double?
  }

  /// The least replicates that an error goal asks for.
  public static let fewestForErrorGoal = 3

  /// Returns the estimate, or nil if `report` stopped it.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - rows: What it is measured on.
  ///   - limit: The most rows to use, from the first; nil for all.
  ///   - report: Called after every batch.
  /// - Returns: The estimate with its errors.
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  public func evaluate(
    _ denoiser: some Denoiser, on rows: TokenRows, limit: Int? = nil,
    report: (Progress) -> Disposition = { _ in .proceed }
  ) throws(InputError) -> LikelihoodEstimate? {
    let count = min(rows.count, limit ?? rows.count)
    let replicates = estimator.isDeterministic ? 1 : samples
    var tally = EvaluationTally(
      rowTokens: (0..<count).map {
        diffusion.objective.scoredTokens(of: rows.unpaddedLength(of: $0))
      }, length: rows.length,
      couplesRows: estimator.couplesRows)
    var error: Double?
    for index in 0..<replicates {
      tally.beginReplicate()
      let goesOn = { (tally: EvaluationTally) in
        report(
          Progress(
            rowsDone: tally.rowsDone, rowsTotal: count * replicates, nll: tally.mean,
            monteCarloError: error)) == .proceed
      }
      let replicate = Replicate(
        index: index, seed: seed, rowCount: count, length: rows.length,
        diffusion: diffusion)
      let isWhole =
        if let draws = estimator.draws(of: replicate) {
          try score(draws, of: rows, by: denoiser, into: &tally, while: goesOn)
        } else if estimator == .confidenceOrder {
          try follow(replicate, of: rows, by: denoiser, into: &tally, while: goesOn)
        } else {
          try measure(replicate, of: rows, by: denoiser, into: &tally, while: goesOn)
        }
      guard isWhole else { return nil }
      error = tally.monteCarloError
      if let errorGoal, index + 1 >= Self.fewestForErrorGoal, error ?? .infinity <= errorGoal {
        break
      }
    }
    let isWhole = count == rows.count
    return LikelihoodEstimate(
      tally, by: self,
      unpaddedTokens: (0..<count).reduce(0) { $0 + rows.unpaddedLength(of: $1) },
      characters: isWhole ? rows.characters : nil,
      bytes: isWhole ? rows.bytes : nil)
  }

  /// Measures the objective of training, with one time and one mask for each row.
  ///
  /// With δ = 0.001 the mean for SUBS in continuous time is 1/(1 − δ) ∫ from δ to 1 of
  /// w(t) E[Σ −log p(x_0 | x_t)] dt. The times of a replicate are one in each of as many equal strata as
  /// there are rows, in random order: every row has a uniform time, and the mean over rows varies
  /// little.
  private func measure(
    _ replicate: Replicate, of rows: TokenRows, by denoiser: some Denoiser,
    into tally: inout EvaluationTally, while goesOn: (EvaluationTally) -> Bool
  ) throws(InputError) -> Bool {
    let objective = diffusion.objective
    // The official smallest time, whatever a run trained with: figures stay comparable.
    let times = diffusion.parameterization == .ar ? [] : replicate.times(TimeSampler())
    let masks = RandomKey(seed: replicate.seed, stream: .evaluationMasks, step: replicate.index)
    for block in blocks(of: replicate.rowCount) {
      let batch = diffusion.forwardProcess.noised(
        try rows.tokens(of: block), length: rows.length,
        draws: block.map { times.isEmpty ? .clean : diffusion.timeDraw(at: times[$0]) }
      ) { masks.uniform(row: block.lowerBound + $0, position: $1) }
      let result = objective.loss(
        of: denoiser, on: batch, unpaddedLengths: block.map(rows.unpaddedLength(of:)),
        normalizer: 1, .inference)
      tally.networkCalls += block.count * diffusion.parameterization.networkCalls
      for (row, loss) in zip(block, result.sequences) {
        tally.add(loss.nats, row: row)
        guard loss.masked > 0 else { continue }
        tally.curve.add(loss.unweighted, tokens: loss.tokens, masked: loss.masked, row: row)
      }
      guard goesOn(tally) else { return false }
    }
    return true
  }

  /// Scores the noised copies of a replicate, in batches that ignore where rows end.
  private func score(
    _ draws: any ReplicateDraws, of rows: TokenRows, by denoiser: some Denoiser,
    into tally: inout EvaluationTally, while goesOn: (EvaluationTally) -> Bool
  ) throws(InputError) -> Bool {
    var batch = DrawBatch(length: rows.length, maskID: diffusion.maskID)
    for block in blocks(of: tally.rowTokens.count) {
      for row in try rows.evaluationRows(block) {
        let count = draws.count(unpaddedLength: row.unpaddedLength)
        if count == 0 { tally.add(0, row: row.index) }
        for index in 0..<count {
          batch.append(
            draws.draw(index, row: row.index), of: row, isLast: index == count - 1)
          guard batch.count == batchSize else { continue }
          batch.score(denoiser, into: &tally)
          guard goesOn(tally) else { return false }
        }
      }
    }
    guard batch.count > 0 else { return true }
    batch.score(denoiser, into: &tally)
    return goesOn(tally)
  }

  /// Scores rows in the order of confidence; a row that is whole makes place for the next one.
  private func follow(
    _ replicate: Replicate, of rows: TokenRows, by denoiser: some Denoiser,
    into tally: inout EvaluationTally, while goesOn: (EvaluationTally) -> Bool
  ) throws(InputError) -> Bool {
    var walks = ConfidenceOrder(length: rows.length, diffusion)
    func advance() -> Bool {
      walks.step(denoiser, into: &tally)
      return goesOn(tally)
    }
    for block in blocks(of: replicate.rowCount) {
      for row in try rows.evaluationRows(block) {
        while walks.count == batchSize { guard advance() else { return false } }
        walks.append(row, into: &tally)
      }
    }
    while walks.count > 0 { guard advance() else { return false } }
    return true
  }

  /// The rows that are read together.
  private func blocks(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: batchSize).map { $0..<min($0 + batchSize, count) }
  }
}
