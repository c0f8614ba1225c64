/// A directory with a network: `config.json`, `model.safetensors` and perhaps a tokenizer.
///
/// Checkpoints of this package and Hugging Face style model directories are both such directories.
public struct ModelDirectory: Sendable {
  /// The directory itself, links resolved where it was reached through a run directory.
  public let path: String
  public let configuration: ModelConfigurationFile

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
  /// - Throws: ``InputError`` where there is no model, ``InputErrors`` for mistakes in its
  ///   `config.json`.
  public init(resolving path: String) throws {
    self.path = try Self.modelPath(for: path)
    configuration = try ModelConfigurationFile(path: "\(self.path)/config.json")
    try checkWeightsExist()
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
  func network(_ weights: Weights, on device: Device) throws(InputError) -> DiffusionTransformer {
    let sizes = configuration.network
    let parameters = DiffusionTransformer.layout(sizes).entries.map { ($0.name, $0.shape) }
    try file(of: weights).check(parameters, headSize: sizes.headSize)
    let network = DiffusionTransformer(sizes, on: device)
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
    let file = try InputFile(path: weightsPath(of: weights))
    var digest = SHA256()
    for start in stride(from: 0, to: file.size, by: 1 << 20) {
      digest.update(try file.read(min(1 << 20, file.size - start), at: start))
    }
    return digest.finish()
  }

  /// How far the run that wrote the checkpoint had come, or nil for a model without training state.
  ///
  /// - Throws: ``InputError`` or ``InputErrors`` for a damaged `training/state.json`.
  public func trainingProgress() throws -> TrainingProgress? {
    guard hasTrainingState else { return nil }
    return try TrainingProgress(path: "\(path)/training/state.json")
  }

  private static func modelPath(for path: String) throws(InputError) -> String {
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
    if exists("config.json") { return path }
    let checkpoints = CheckpointStore(run: path)
    if let latest = checkpoints.latest { return latest }
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
