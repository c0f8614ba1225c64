/// A directory with a network: `config.json`, `model.safetensors` and perhaps a tokenizer.
///
/// Checkpoints of this package and Hugging Face style model directories are both such directories.
public struct ModelDirectory: Sendable {
  /// The directory itself, links resolved where it was reached through a run directory.
  public let path: String
  public let configuration: ModelConfigurationFile
  /// What the user should know of how it was found: newer checkpoints that are damaged, a sentence each.
  public let notes: [String]

  /// The file with the network's weights.
  public var weightsPath: String { "\(path)/model.safetensors" }

  /// The `tokenizer.json` of the directory, or nil where it has none.
  public var tokenizerPath: String? {
    let file = "\(path)/tokenizer.json"
    return FileSystem.exists(file) ? file : nil
  }

  /// Whether training can be resumed from the directory.
  public var hasTrainingState: Bool { FileSystem.isDirectory("\(path)/training") }

  /// Finds the model that `path` names: a run directory (its latest checkpoint), a checkpoint or a
  /// Hugging Face style model directory.
  ///
  /// Files of a checkpoint must be those that were written. Of a run whose latest checkpoint is damaged
  /// the newest one that is not is taken, and ``notes`` say so.
  ///
  /// - Throws: ``InputError`` where there is no model or it is damaged, ``InputErrors`` for mistakes in
  ///   its `config.json`.
  public init(resolving path: String) throws {
    switch try Self.place(of: path) {
    case .model(let path): try self.init(model: path, notes: [])
    case .run(let store): self = try Self.newest(of: store) { _ in }.directory
    }
  }

  /// Reads the model in the directory `path` itself.
  private init(model path: String, notes: [String]) throws {
    try Self.verify(CheckpointFile.ofModel, in: path)
    self.path = path
    self.notes = notes
    configuration = try ModelConfigurationFile(path: "\(path)/config.json")
    try checkWeightsExist()
  }

  /// Takes the newest checkpoint of a run that can be used.
  ///
  /// - Parameters:
  ///   - store: The run's checkpoints, at least one.
  ///   - use: Uses one; what it throws leads to the one before.
  /// - Returns: The checkpoint, with notes about those that could not be used, and what `use` made of it.
  /// - Throws: What is wrong with the newest, where none can be used.
  static func newest<Result>(
    of store: CheckpointStore, use: (ModelDirectory) throws -> Result
  ) throws -> (directory: ModelDirectory, result: Result) {
    var notes = store.lostLatest.map { ["the latest checkpoint, \($0), is gone."] } ?? []
    var first: (any Error)?
    for path in store.candidates {
      do {
        let directory = try ModelDirectory(
          model: path, notes: notes.map { "\($0) Going back to \(path)." })
        return (directory, try use(directory))
      } catch let error where error is InputError || error is InputErrors {
        first = first ?? error
        notes.append("the checkpoint \(path) cannot be used: \(error)")
      }
    }
    throw first
      ?? InputError(
        .missingInput, store.path, found: "no checkpoint", expected: "at least one",
        remedy: "Train until the first is written")
  }

  /// Which of a checkpoint's weights to read.
  public enum Weights: String, Sendable, CaseIterable {
    /// The exponential moving average, which published figures are measured with.
    case ema
    /// The weights that the optimizer steps on; only checkpoints of this package have them.
    case raw
  }

  /// Reads the network's weights into `tensors`.
  ///
  /// - Parameters:
  ///   - weights: Which of the checkpoint's weights to read.
  ///   - tensors: Every parameter of the network, by its name without prefix.
  /// - Throws: ``InputError`` that lists all missing, unexpected and misshapen tensors, or names a
  ///   tensor with a value that is not finite.
  public func loadWeights(
    _ weights: Weights = .ema, into tensors: [NamedTensor]
  ) throws(InputError) {
    try file(of: weights).load(into: tensors, headSize: configuration.network.headSize)
  }

  /// Makes the network that the directory describes, with its weights.
  ///
  /// The header of the weights is checked first: no room is made for sizes that are a lie.
  ///
  /// - Throws: As ``loadWeights(_:into:)`` does.
  func network(_ weights: Weights, on device: Device) throws(InputError) -> any Network {
    let sizes = configuration.network
    let parameters = sizes.layout.entries.map { ($0.name, $0.shape) }
    try file(of: weights).check(parameters, headSize: sizes.headSize)
    let network = sizes.network(on: device)
    try loadWeights(weights, into: network.parameters.parameters)
    return network
  }

  private func file(of weights: Weights) throws(InputError) -> WeightsFile {
    if weights == .raw, !hasTrainingState {
      throw InputError(
        .missingInput, path, found: "averaged weights alone",
        expected: "a directory training/ with raw weights", remedy: "Use the averaged weights")
    }
    return try WeightsFile(path: weightsPath(of: weights))
  }

  private func weightsPath(of weights: Weights) -> String {
    weights == .ema ? weightsPath : "\(path)/training/weights.safetensors"
  }

  /// The SHA-256 of the file with these weights, as `sha256sum` prints it.
  ///
  /// - Throws: ``InputError`` where it cannot be read.
  public func weightsFingerprint(_ weights: Weights) throws(InputError) -> String {
    try SHA256.digest(ofFile: weightsPath(of: weights))
  }

  /// How far the run that wrote the checkpoint had come, or nil for a model without training state.
  ///
  /// - Throws: ``InputError`` or ``InputErrors`` for a damaged `training/state.json`.
  public func trainingProgress() throws -> TrainingProgress? {
    guard hasTrainingState else { return nil }
    return try TrainingProgress(path: Self.statePath(in: path))
  }

  /// The same, for a checkpoint that training is to go on from.
  ///
  /// - Throws: ``InputError`` or ``InputErrors``, also for a model without training state.
  func trainingState() throws -> TrainingProgress {
    if let progress = try trainingProgress() { return progress }
    throw InputError(
      .badData, path, found: "weights alone",
      expected: "a checkpoint with a directory training/ to resume from",
      remedy: "Start a new run from these weights with --init")
  }

  /// What a path that users give leads to.
  private enum Place {
    /// The directory of a model.
    case model(String)
    /// The checkpoints of a run, at least one.
    case run(CheckpointStore)
  }

  private static func place(of path: String) throws(InputError) -> Place {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    func exists(_ name: String) -> Bool {
      FileSystem.exists("\(path)/\(name)")
    }
    guard FileSystem.exists(path) else {
      throw SystemError.missing.whileReading(path)
    }
    let expected = "a run directory, a checkpoint or a directory with config.json"
    guard FileSystem.isDirectory(path) else {
      throw InputError(
        .missingInput, path, found: "a file", expected: expected,
        remedy: "Give the directory that it lies in")
    }
    if exists("config.json") { return .model(path) }
    let checkpoints = CheckpointStore(run: path)
    if checkpoints.latest != nil { return .run(checkpoints) }
    if exists("checkpoints") {
      throw InputError(
        .missingInput, path, found: "a run without a complete checkpoint",
        expected: "a checkpoint under checkpoints/",
        remedy: "Train until the first checkpoint is written")
    }
    throw InputError(
      .missingInput, path, found: "a directory with neither config.json nor checkpoints/",
      expected: expected,
      remedy: exists("latest")
        ? "Give the directory above it" : "Give the directory of a run or of a model")
  }

  private func checkWeightsExist() throws(InputError) {
    func exists(_ name: String) -> Bool {
      FileSystem.exists("\(path)/\(name)")
    }
    if exists("model.safetensors") { return }
    if exists("model.safetensors.index.json") {
      throw InputError(
        .badData, path, found: "weights in several files (model.safetensors.index.json)",
        expected: "one file model.safetensors",
        remedy: "Save the model again as a single file, with a large max_shard_size")
    }
    let pickle = exists("pytorch_model.bin")
    throw InputError(
      .missingInput, weightsPath, found: pickle ? "only pytorch_model.bin" : "no such file",
      expected: "the network's weights",
      remedy: pickle ? "Convert it to safetensors with Python" : "Copy it beside config.json")
  }
}
