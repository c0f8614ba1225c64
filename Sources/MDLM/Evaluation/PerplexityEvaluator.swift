/// Measures a model's NELBO on rows of tokens.
///
/// Each replicate draws one time and one mask for every row: the official estimator. The times of a
/// replicate are one in each of as many equal strata as there are rows, in random order, so every row
/// has a uniform time and the mean over rows varies little. Draws depend on the seed, the replicate
/// and the row alone.
public struct PerplexityEvaluator: Sendable {
  public let diffusion: DiffusionSettings
  /// Replicates.
  public var samples: Int
  public var seed: UInt64
  /// Rows in one call of the network; the result depends on it by rounding only.
  public var batchSize: Int

  public init(
    _ diffusion: DiffusionSettings, samples: Int = 1, seed: UInt64 = 1, batchSize: Int = 32
  ) {
    require(
      samples >= 1 && batchSize >= 1,
      "[PerplexityEvaluator] \(samples) samples, \(batchSize) rows a batch")
    self.diffusion = diffusion
    self.samples = samples
    self.seed = seed
    self.batchSize = batchSize
  }

  /// How far an evaluation has come.
  public struct Progress: Sendable {
    /// Rows scored, over all replicates.
    public let rowsDone: Int
    public let rowsTotal: Int
    /// The mean so far, in nats per token.
    public let nll: Double
  }

  /// Returns the estimate, or nil if `report` stopped it.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - rows: What it is measured on.
  ///   - limit: The most rows to use, from the first; nil for all.
  ///   - report: Called after every batch.
  /// - Returns: The NELBO with its errors.
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  public func evaluate(
    _ denoiser: some Denoiser, on rows: TokenRows, limit: Int? = nil,
    report: (Progress) -> Disposition = { _ in .proceed }
  ) throws(InputError) -> LikelihoodEstimate? {
    let count = min(rows.count, limit ?? rows.count)
    let rowTokens = (0..<count).map(rows.unpaddedLength(of:))
    var rowSums = [Double](repeating: 0, count: count)
    var totals = [Double](repeating: 0, count: samples)
    var (done, tokensDone) = (0, 0)
    for replicate in 0..<samples {
      let times = replicateTimes(replicate, count: count)
      for start in stride(from: 0, to: count, by: batchSize) {
        let batch = start..<min(start + batchSize, count)
        let losses = try self.losses(
          denoiser, rows, batch, times: Array(times[batch]), replicate: replicate)
        for (row, loss) in zip(batch, losses) {
          rowSums[row] += loss
          totals[replicate] += loss
        }
        done += batch.count
        tokensDone += batch.reduce(0) { $0 + rowTokens[$1] }
        let mean = totals.reduce(0, +) / Double(max(tokensDone, 1))
        let progress = Progress(rowsDone: done, rowsTotal: count * samples, nll: mean)
        if report(progress) == .stop { return nil }
      }
    }
    let isWhole = count == rows.count
    return LikelihoodEstimate(
      rowLosses: rowSums.map { $0 / Double(samples) }, rowTokens: rowTokens,
      replicateTotals: totals, characters: isWhole ? rows.characters : nil,
      bytes: isWhole ? rows.bytes : nil)
  }

  private func losses(
    _ denoiser: some Denoiser, _ rows: TokenRows, _ batch: Range<Int>, times: [Double],
    replicate: Int
  ) throws(InputError) -> [Double] {
    let masks = RandomKey(seed: seed, stream: .evaluationMasks, step: replicate)
    let noised = diffusion.forwardProcess.noised(
      try rows.tokens(of: batch), length: rows.length, times: times
    ) { masks.uniform(row: batch.lowerBound + $0, position: $1) }
    return diffusion.objective.loss(
      of: denoiser, on: noised, unpaddedLengths: batch.map(rows.unpaddedLength(of:)),
      normalizer: 1, .inference
    ).sequenceLosses
  }

  /// One stratified time for each row, in an order that says nothing about the rows.
  private func replicateTimes(_ replicate: Int, count: Int) -> [Double] {
    var order = RandomKey(seed: seed, stream: .strata, step: replicate).generator()
    let strata = BatchOrder.permutation(of: count, using: &order)
    // The official smallest time, whatever a run trained with: figures stay comparable.
    let times = TimeSampler()
    let jitter = RandomKey(seed: seed, stream: .evaluationTimes, step: replicate)
    return (0..<count).map { row in
      times.time(
        uniform: jitter.uniform(row: row), index: strata[row], count: count)
    }
  }
}
