/// A training run in a directory: data in, checkpoints and metrics out.
///
/// The directory holds `config.json5` (fully resolved), `metrics.jsonl` and `checkpoints/`. A run
/// that ends at any moment goes on from its latest checkpoint and arrives at the same bytes.
public struct TrainingRun {
  public let configuration: RunConfiguration
  public let directory: String
  public let dataset: Dataset
  public private(set) var state: TrainingState
  /// The lowest validation NELBO so far, in nats per token.
  public private(set) var best: Double?

  private var validatedStep = 0
  private let store: CheckpointStore
  private var order: BatchOrder
  private let train: TokenRows
  private let log: MetricLog

  /// Prepares a run: reads its data, makes its network and its directory.
  ///
  /// - Parameters:
  ///   - configuration: What to train, on what and how.
  ///   - directory: The run's directory; made if it is not there.
  ///   - start: Fresh weights, given weights, or the run's latest checkpoint.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` or ``InputErrors`` for data, weights or a directory that cannot be
  ///   used.
  public init(
    _ configuration: RunConfiguration, directory: String, start: Start = .fresh, on device: Device
  ) throws {
    self.configuration = configuration
    self.directory = directory
    store = CheckpointStore(run: directory)
    try Self.checkDirectory(directory, store, start)
    // The vocabulary of a resumed run is the checkpoint's, not what the text would give today.
    let model = try start.model(store)
    dataset = try configuration.loadDataset(tokenizer: try model?.tokenizer())
    let (sizes, maskID) = try configuration.sizes(for: dataset)
    if let shortage = configuration.memoryShortage(for: sizes) { throw shortage }
    guard let train = dataset.rows[.train] else {
      throw InputError(
        .badData, configuration.data.train.joined(separator: ", "), found: "no training rows",
        expected: "at least one", remedy: "Give more text")
    }
    self.train = train
    order = BatchOrder(rowCount: train.count, seed: configuration.seed)
    state = TrainingState(
      sizes, diffusion: configuration.diffusion(maskID: maskID),
      optimizer: configuration.optimizerSettings, averaging: configuration.averaging,
      seed: configuration.seed, on: device)
    log = try MetricLog(
      path: directory + "/metrics.jsonl", interval: configuration.trainer.logEveryNSteps)
    switch (start, model) {
    case (.weights, let model?):
      try model.configuration.checkSameModel(
        as: modelConfiguration, path: "\(model.path)/config.json",
        ignoring: ["model_length", "mdlm.noise"],
        remedy: "Give the run the sizes of the weights, or leave out --init")
      try state.load(weights: model)
    case (.latestCheckpoint, let model?):
      let progress = try Checkpoint.resume(
        from: model, configuration: modelConfiguration, into: state.tensors)
      try Self.checkSeed(progress, configuration, model.path)
      state.step = progress.step
      state.optimizer.stepCount = progress.step
      best = progress.bestMetric
      validatedStep = progress.validatedStep
    default: break
    }
    try FileSystem.makeDirectories(directory)
    try log.truncate(afterStep: state.step)
    try AtomicReplacement.writeFile(directory + "/config.json5", text: configuration.json5())
  }

  /// Where a run begins.
  public enum Start: Sendable, Equatable {
    /// New weights drawn from the seed.
    case fresh
    /// The weights of a model directory, with fresh moments.
    case weights(String)
    /// The latest checkpoint of the run's own directory.
    case latestCheckpoint
  }

  /// Trains until `lastStep` (or the configuration's `max_steps`), or until `report` says stop.
  ///
  /// - Parameters:
  ///   - lastStep: Stop after this step, with a checkpoint, as if the run had been interrupted.
  ///   - report: Called after every step, validation and checkpoint.
  /// - Returns: Whether the run has reached `max_steps`.
  /// - Throws: ``TrainingDivergence``, or ``InputError`` when a checkpoint cannot be written or data
  ///   have changed.
  public mutating func proceed(
    until lastStep: Int? = nil, report: (TrainingEvent) -> Disposition
  ) throws -> Bool {
    let end = configuration.trainer.maxSteps
    let last = min(lastStep ?? end, end)
    // A run that was stopped within a validation makes up for it first.
    if state.step > 0, isValidationDue, validatedStep != state.step {
      if try finishStep(mustSave: false, report) == .stop { return false }
    }
    while state.step < last {
      let step = try trainOneStep()
      let disposition = try handle(.step(step), report)
      let mustSave = disposition == .stop || state.step == last
      if try finishStep(mustSave: mustSave, report) == .stop || disposition == .stop { break }
    }
    return state.step == end && validatedStep == end
  }

  private var isValidationDue: Bool {
    state.step % configuration.trainer.valCheckInterval == 0
      || state.step == configuration.trainer.maxSteps
  }

  /// Validates and writes a checkpoint, where this step is due for them.
  private mutating func finishStep(
    mustSave: Bool, _ report: (TrainingEvent) -> Disposition
  ) throws -> Disposition {
    var (disposition, isBest) = (Disposition.proceed, false)
    if isValidationDue {
      if let validated = try validate(report) { isBest = validated } else { disposition = .stop }
    }
    let isDue = state.step % configuration.checkpointing.everyNSteps == 0
    if isDue || isBest || mustSave || disposition == .stop
      || state.step == configuration.trainer.maxSteps
    {
      let path = try store.write(
        checkpoint, isBest: isBest, keepLast: configuration.checkpointing.keepLast)
      let after = try handle(.checkpointWritten(step: state.step, path: path), report)
      if after == .stop { disposition = .stop }
    }
    return disposition
  }

  private mutating func trainOneStep() throws -> TrainingStepReport {
    let rows = order.rows(
      forStep: state.step, batchSize: configuration.loader.globalBatchSize)
    return try state.train(
      on: try TrainingState.Batch(train, indices: rows),
      microBatches: configuration.trainer.accumulateGradBatches,
      checkpointsActivations: configuration.trainer.activationCheckpointing,
      learningRate: configuration.learningRate.rate(at: state.step), seed: configuration.seed)
  }

  /// Measures the averaged weights on the validation rows, with the same draws every time.
  ///
  /// - Returns: Whether they are the best so far; nil if `report` stopped it.
  private mutating func validate(
    _ report: (TrainingEvent) -> Disposition
  ) throws -> Bool? {
    guard let rows = dataset.rows[.valid] else {
      validatedStep = state.step
      return false
    }
    let limit = configuration.trainer.limitValBatches.map {
      $0 * configuration.loader.globalBatchSize
    }
    let evaluator = PerplexityEvaluator(
      state.diffusion, seed: configuration.seed,
      batchSize: max(
        1, configuration.loader.globalBatchSize / configuration.trainer.accumulateGradBatches))
    guard
      let estimate = try evaluator.evaluate(
        state.average, on: rows, limit: limit, report: { report(.validating($0)) })
    else { return nil }
    let isBest = estimate.nll < best ?? .infinity
    if isBest { best = estimate.nll }
    validatedStep = state.step
    _ = try handle(.validated(step: state.step, estimate, isBest: isBest), report)
    return isBest
  }

  private func handle(
    _ event: TrainingEvent, _ report: (TrainingEvent) -> Disposition
  ) throws(InputError) -> Disposition {
    try log.record(event)
    return report(event)
  }
}

extension TrainingRun {
  /// What a checkpoint of this moment holds.
  private var checkpoint: Checkpoint {
    Checkpoint(
      configuration: modelConfiguration,
      progress: TrainingProgress(
        step: state.step,
        samplesConsumed: state.step * configuration.loader.globalBatchSize,
        seed: configuration.seed, bestMetric: best,
        validatedStep: validatedStep),
      tokenizerJSON: dataset.tokenizer?.tokenizerJSON(), tensors: state.tensors)
  }

  private var modelConfiguration: ModelConfigurationFile {
    ModelConfigurationFile(network: state.network.configuration, diffusion: state.diffusion)
  }

  private static func checkDirectory(
    _ directory: String, _ store: CheckpointStore, _ start: Start
  ) throws(InputError) {
    if start != .latestCheckpoint, let latest = store.latest {
      throw InputError(
        .cannotWrite, directory, found: "a run with checkpoints (\(latest))",
        expected: "a new directory", remedy: "Go on with --resume, or name another with --output")
    }
    if start == .latestCheckpoint, store.latest == nil {
      throw InputError(
        .missingInput, directory, found: "no complete checkpoint",
        expected: "a run to resume", remedy: "Start it without --resume")
    }
  }

  private static func checkSeed(
    _ progress: TrainingProgress, _ configuration: RunConfiguration, _ path: String
  ) throws(InputError) {
    let consumed = progress.step * configuration.loader.globalBatchSize
    guard progress.seed == configuration.seed, progress.samplesConsumed == consumed else {
      throw InputError(
        .badConfiguration, path,
        found: "seed \(progress.seed) and \(progress.samplesConsumed) rows read in "
          + "\(progress.step) steps",
        expected: "seed \(configuration.seed) and \(consumed) rows, as the configuration says",
        remedy: "Resume with the seed and loader.global_batch_size that the run began with")
    }
  }
}

extension TrainingRun.Start {
  /// The model directory that the run starts from, if any.
  fileprivate func model(_ store: CheckpointStore) throws -> ModelDirectory? {
    switch self {
    case .fresh: nil
    case .weights(let path): try ModelDirectory(resolving: path)
    case .latestCheckpoint: try store.latest.map { try ModelDirectory(resolving: $0) }
    }
  }
}

extension TrainingState {
  /// The buffers of a checkpoint.
  var tensors: Checkpoint.Tensors {
    Checkpoint.Tensors(
      values: network.parameters.parameters, averages: average.parameters.parameters,
      firstMoments: optimizer.firstMoments, secondMoments: optimizer.secondMoments)
  }

  /// Takes the weights of another model of the same sizes.
  mutating func load(weights model: ModelDirectory) throws {
    try model.loadWeights(into: network.parameters.parameters)
    restartAverage()
  }
}
