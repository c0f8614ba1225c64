/// A training run in a directory: data in, checkpoints, metrics and samples out.
///
/// The directory holds `config.json5` (fully resolved), `metrics.jsonl`, `samples.jsonl`,
/// `sessions.jsonl` and `checkpoints/`. A run that ends at any moment goes on from its latest checkpoint
/// and arrives at the same bytes. While a run lives no other process can write its directory.
public struct TrainingRun {
  public let configuration: RunConfiguration
  public let directory: RunDirectory
  public let dataset: Dataset
  public internal(set) var state: TrainingState
  /// The lowest validation NELBO so far, in nats per token.
  public internal(set) var best: Double?
  /// What the user should know of how the run began, a sentence each: checkpoints that were damaged,
  /// a run that begins anew, settings that have changed.
  public let notes: [String]

  var bestStep: Int?
  var validatedStep = 0
  var sampledStep = 0
  /// The step of the checkpoint that holds all there is to hold, where there is one.
  var savedStep: Int?
  /// The step from which on a checkpoint that could not be written is tried again.
  var retryStep: Int?
  /// Steps from one such try to the next.
  var retryDelay = 0
  var statistics = TrainingStatistics()
  var timeLimit: TimeLimit
  var order: BatchOrder
  let train: TokenRows
  let store: CheckpointStore
  let log: MetricLog
  private let dataFingerprint: String
  private let sessions: SessionLog
  private let program: TrainingProgram?
  private let changes: [ConfigurationChange]
  private let lock: RunLock

  /// Prepares a run: reads its data, makes its network and its directory.
  ///
  /// - Parameters:
  ///   - configuration: What to train, on what and how.
  ///   - directory: The run's directory; made if it is not there.
  ///   - start: The weights to begin with.
  ///   - resumes: Whether to go on from the run's latest checkpoint, where it has one.
  ///   - acceptsChanges: Whether a run may go on with settings or data that change its numbers.
  ///   - program: What trains, for the run's records.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` or ``InputErrors`` for data, weights or a directory that cannot be used,
  ///   and for changes that are not accepted.
  public init(
    _ configuration: RunConfiguration, directory: String, start: Start = .fresh,
    resumes: Bool = false, acceptsChanges: Bool = false, program: TrainingProgram? = nil,
    on device: Device
  ) throws {
    self.configuration = configuration
    let directory = RunDirectory(directory)
    self.directory = directory
    self.program = program
    timeLimit = TimeLimit(configuration.trainer.maxTime)
    store = CheckpointStore(run: directory.path)
    if !resumes { try Self.checkIsNew(directory, store) }
    // Nothing of an earlier process may change while it is read.
    let early = FileSystem.isDirectory(store.path) ? try RunLock(directory) : nil
    let found = resumes ? try Self.newestCheckpoint(in: store) : nil
    changes = found == nil ? [] : try Self.changes(of: configuration, from: directory)
    if let found {
      try Self.check(changes, accepted: acceptsChanges, in: directory)
      try Self.checkSeed(found.progress, configuration, found.model.path)
    }
    let model = try found?.model ?? start.model
    // The vocabulary of a resumed run is the checkpoint's, not what the text would give today.
    dataset = try configuration.loadDataset(tokenizer: try model?.tokenizer())
    let (sizes, maskID) = try configuration.sizes(for: dataset)
    if let shortage = configuration.memoryShortage(for: sizes) { throw shortage }
    guard let train = dataset.rows[.train] else {
      throw InputError(
        .badData, configuration.data.train.joined(separator: ", "), found: "no training rows",
        expected: "at least one", remedy: "Give more text")
    }
    self.train = train
    dataFingerprint = try dataset.fingerprint()
    order = BatchOrder(rowCount: train.count, seed: configuration.seed)
    state = TrainingState(
      sizes, diffusion: configuration.diffusion(maskID: maskID),
      optimizer: configuration.optimizerSettings, averaging: configuration.averaging,
      seed: configuration.seed, on: device)
    timeLimit.expectCheckpoint(parameters: state.network.parameters.parameterCount)
    log = MetricLog(
      directory, interval: configuration.trainer.logEveryNSteps,
      seed: configuration.seed)
    var notes = found?.model.notes ?? []
    if resumes, found == nil {
      notes.append("no checkpoint in \(directory.path) yet: beginning at step 0")
    }
    if !changes.isEmpty {
      notes.append("going on with " + changes.map(\.summary).joined(separator: ", "))
    }
    self.notes = notes
    let own = ModelConfigurationFile(network: sizes, diffusion: state.diffusion)
    if let found {
      try Self.checkData(
        dataFingerprint, found.progress, configuration, accepted: acceptsChanges)
      try Checkpoint.load(
        found.model, configuration: own, into: state.tensors)
    } else if let model {
      try model.configuration.checkSameModel(
        as: own, path: "\(model.path)/config.json",
        ignoring: [
          "model_length", "mdlm.noise", "mdlm.parameterization", "mdlm.T", "mdlm.subs_masking",
        ],
        remedy: "Give the run the network that the weights are of, or leave out --init")
      try state.load(weights: model)
    }
    try Self.sampler(configuration, state.diffusion, dataset.tokenizer)?.check(
      [SequenceTemplate(length: configuration.model.length)], for: state.average)
    try FileSystem.makeDirectories(directory.path)
    lock = try early ?? RunLock(directory)
    // Another process may have begun it, and ended, in the meantime.
    if early == nil { try Self.checkIsNew(directory, store) }
    sessions = try SessionLog(path: directory.sessionsPath)
    if let found { adopt(found.progress) }
    try prepareDirectory(resumesFrom: found?.progress, beginsFromWeights: model != nil)
  }

  /// The weights that a run begins with.
  public enum Start: Sendable, Equatable {
    /// New weights drawn from the seed.
    case fresh
    /// The weights of a model directory, with fresh moments.
    case weights(String)

    /// The model directory that the weights come from, if any.
    fileprivate var model: ModelDirectory? {
      get throws {
        switch self {
        case .fresh: nil
        case .weights(let path): try ModelDirectory(resolving: path)
        }
      }
    }
  }

  /// Trains until `lastStep` (or the configuration's `max_steps`), or until `report` says stop.
  ///
  /// Whatever ends it, a checkpoint of its last step is written before.
  ///
  /// - Parameters:
  ///   - lastStep: Stop after this step, with a checkpoint, as if the run had been interrupted.
  ///   - report: Called after every step, validation and checkpoint.
  /// - Returns: How it ended.
  /// - Throws: ``TrainingDivergence``, or ``InputError`` when the last checkpoint cannot be written or
  ///   data have changed.
  public mutating func proceed(
    until lastStep: Int? = nil, report: (TrainingEvent) -> Disposition
  ) throws -> TrainingEnding {
    sessions.begin(
      step: state.step, parameters: state.network.parameters.parameterCount,
      on: state.network.parameters.device, program: program, changes: changes)
    do {
      let ending = try takeSteps(until: lastStep, report)
      sessions.end(step: state.step, reason: ending.rawValue)
      return ending
    } catch {
      sessions.end(step: state.step, reason: error is TrainingDivergence ? "diverged" : "failed")
      throw error
    }
  }

  /// What a checkpoint of this moment holds.
  var checkpoint: Checkpoint {
    var progress = TrainingProgress(
      step: state.step, samplesConsumed: state.step * configuration.loader.globalBatchSize,
      seed: configuration.seed, bestMetric: best, bestStep: bestStep,
      validatedStep: validatedStep, sampledStep: sampledStep)
    progress.skippedSteps = state.skippedSteps
    progress.skippedInARow = state.skippedInARow
    progress.dataFingerprint = dataFingerprint
    progress.statistics = statistics
    return Checkpoint(
      configuration: modelConfiguration, progress: progress,
      tokenizerJSON: dataset.tokenizer?.tokenizerJSON(), tensors: state.tensors)
  }

  private var modelConfiguration: ModelConfigurationFile {
    ModelConfigurationFile(network: state.network.configuration, diffusion: state.diffusion)
  }

  /// Takes over what a checkpoint knows besides tensors.
  private mutating func adopt(_ progress: TrainingProgress) {
    state.step = progress.step
    state.skippedSteps = progress.skippedSteps
    state.skippedInARow = progress.skippedInARow
    state.optimizer.stepCount = progress.step - progress.skippedSteps
    best = progress.bestMetric
    bestStep = progress.bestStep
    validatedStep = progress.validatedStep
    sampledStep = progress.sampledStep
    statistics = progress.statistics
    savedStep = progress.step
  }

  /// Brings the files of the directory to where the run begins.
  private mutating func prepareDirectory(
    resumesFrom progress: TrainingProgress?, beginsFromWeights: Bool
  ) throws {
    AtomicReplacement.removeStale(in: directory.path)
    try log.truncate(afterStep: state.step)
    if let progress {
      try store.finish(
        progress.step, best: progress.bestStep, keepLast: configuration.checkpointing.keepLast,
        keepEvery: configuration.checkpointing.keepEveryNSteps)
    } else if beginsFromWeights {
      // The weights may be elsewhere, or others, when the run is resumed.
      try store.write(
        checkpoint, isBest: false, keepLast: configuration.checkpointing.keepLast,
        keepEvery: configuration.checkpointing.keepEveryNSteps)
      savedStep = 0
    }
    try AtomicReplacement.writeFile(
      directory.configurationPath, text: configuration.json5())
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
