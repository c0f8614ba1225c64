/// The memory that training takes at its peak, in bytes, as forecast from sizes alone.
///
/// Measured peaks lie within 15 % of the total.
public struct TrainingMemory: Equatable, Sendable {
  /// Weights, gradients, two moments and the moving average.
  public let parameters: Int
  /// What the tape keeps of one micro-batch for the backward pass.
  public let activations: Int
  /// Buffers that come and go, the program itself, and the data.
  public let workspace: Int

  public var total: Int { parameters + activations + workspace }

  /// Forecasts the peak of training a network.
  ///
  /// - Parameters:
  ///   - network: Its sizes.
  ///   - parameterization: What is trained: whose calls keep activations of which rows.
  ///   - rows: Rows in a micro-batch.
  ///   - keepsAverage: Whether a moving average of the weights is kept.
  ///   - checkpointsActivations: Whether blocks are computed again for the backward pass.
  ///   - dataTokens: Tokens of all data that is held.
  public init(
    _ network: NetworkConfiguration, _ parameterization: Parameterization = .subs, rows: Int,
    keepsAverage: Bool,
    checkpointsActivations: Bool, dataTokens: Int = 0
  ) {
    let (width, vocabulary) = (Double(network.hiddenSize), Double(network.vocabularySize))
    let tokens = Double(rows) * Double(network.length)
    // Times are spread over the batch: half of it is masked, of a single row perhaps all.
    let asked = parameterization.traits.askedShares.map { share in
      tokens * min(1, share + (1 - share) / Double(rows))
    }
    let calls = Double(asked.count)
    let matrix = tokens * width
    let table = vocabulary * width
    let values = Double(network.parameterCount) * (keepsAverage ? 5 : 4)
    // Of the embedding only rows that occur have a gradient.
    let state = values - table + min(vocabulary, tokens) * width

    // Input, q, k, v, attention, its sum with the input, and the inner row of the MLP, 4 wide; with
    // dropout or a gate for each sequence the two branches too.
    let keepsBranches = network.dropout > 0 || network.timeConditioning
    let statistics = tokens * Double(4 + network.headCount)
    let block = (keepsBranches ? 12 : 10) * matrix + statistics
    let others = Double(network.blockCount - 1)
    let kept = calls * others * (checkpointsActivations ? matrix : block)
    // The last block: its input, keys and values for all rows, the rest for those that are asked for.
    let last = calls * 3 * matrix + (keepsBranches ? 14 : 12) * asked.reduce(0, +) * width

    let headRows = min(asked.reduce(0, max), 640)
    let head = headRows * (vocabulary + 16 * width)
    // Going back through a block: the MLP's inner row made again, its gradient and that of the input;
    // and the block itself where it was not kept.
    let back = 9 * matrix + (checkpointsActivations && others > 0 ? block : 0)
    let weights = 8 * width * width

    func bytes(_ floats: Double) -> Int { Int(min(floats * 4, 1e18)) }
    parameters = bytes(state)
    activations = bytes(kept + last)
    workspace = bytes(head + back + weights + Double(dataTokens)) + 40_000_000
  }
}

extension RunConfiguration {
  /// The memory that a run of this configuration takes at its peak.
  ///
  /// - Parameters:
  ///   - sizes: The network.
  ///   - dataTokens: Tokens of all data that is held.
  /// - Returns: The forecast.
  public func trainingMemory(
    for sizes: NetworkConfiguration, dataTokens: Int = 0
  ) -> TrainingMemory {
    TrainingMemory(
      sizes, parameterization, rows: loader.globalBatchSize / trainer.accumulateGradBatches,
      keepsAverage: averaging != nil, checkpointsActivations: trainer.activationCheckpointing,
      dataTokens: dataTokens)
  }

  /// Says what a run lacks in memory, or nil where it may fit.
  ///
  /// Systems that overcommit would begin such a run and kill it in its first step. A run is refused
  /// only where the forecast is too large by more than it may err.
  ///
  /// - Parameters:
  ///   - sizes: The network.
  ///   - memory: Bytes that there are, by default what this process may use of the machine.
  /// - Returns: The mistake of category `badConfiguration` to report.
  public func memoryShortage(
    for sizes: NetworkConfiguration, memory: UInt64? = nil
  ) -> InputError? {
    let memory = memory ?? ProcessMemory.limit
    let forecast = trainingMemory(for: sizes)
    guard Double(forecast.total) * 0.85 > Double(memory) else { return nil }
    func gigabytes(_ bytes: Double) -> String { "\((bytes / 1e8).rounded() / 10) GB" }
    let rows = loader.globalBatchSize / trainer.accumulateGradBatches
    return InputError(
      .badConfiguration, "the network and its batch",
      found: "\(sizes.parameterCount) parameters and micro-batches of \(rows) rows, which take "
        + "about \(gigabytes(Double(forecast.total)))",
      expected: "at most the \(gigabytes(Double(memory))) of memory here",
      remedy: forecast.parameters > forecast.activations
        ? "Lower model.hidden_size or model.n_blocks"
        : "Raise trainer.accumulate_grad_batches, which leaves the result as it is, or set "
          + "trainer.activation_checkpointing")
  }
}
