/// Everything that a training run needs to go on from a step, and others need to use its network.
///
/// As a directory: `config.json`, `model.safetensors` with the averaged weights under the official
/// keys, `tokenizer.json`, and under `training/` the raw weights, both moments and `state.json`, which
/// has the SHA-256 of all others.
public struct Checkpoint {
  /// The buffers of a training run, each with every parameter of the network under its name.
  public struct Tensors {
    public var values: [NamedTensor]
    /// The exponential moving average of the values.
    public var averages: [NamedTensor]
    public var firstMoments: [NamedTensor]
    public var secondMoments: [NamedTensor]

    public init(
      values: [NamedTensor], averages: [NamedTensor], firstMoments: [NamedTensor],
      secondMoments: [NamedTensor]
    ) {
      self.values = values
      self.averages = averages
      self.firstMoments = firstMoments
      self.secondMoments = secondMoments
    }

    /// The tensors by the files, within a checkpoint, that hold them.
    fileprivate var filesForTraining: [(name: String, tensors: [NamedTensor])] {
      [
        (ModelDirectory.CheckpointFile.weights.rawValue, values),
        (ModelDirectory.CheckpointFile.firstMoment.rawValue, firstMoments),
        (ModelDirectory.CheckpointFile.secondMoment.rawValue, secondMoments),
      ]
    }
  }

  public var configuration: ModelConfigurationFile
  public var progress: TrainingProgress
  /// The content of `tokenizer.json`, where text has a tokenizer.
  public var tokenizerJSON: String?
  public var tensors: Tensors

  public init(
    configuration: ModelConfigurationFile, progress: TrainingProgress, tokenizerJSON: String?,
    tensors: Tensors
  ) {
    self.configuration = configuration
    self.progress = progress
    self.tokenizerJSON = tokenizerJSON
    self.tensors = tensors
  }

  /// Writes the checkpoint as the directory `path`, which appears whole or not at all.
  ///
  /// - Throws: ``InputError`` with the reason of the operating system.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeDirectory(path) { directory throws(InputError) in
      try OutputFile(creating: "\(directory)/config.json").write(configuration.encoded())
      if let tokenizerJSON {
        try OutputFile(creating: "\(directory)/tokenizer.json").write(tokenizerJSON)
      }
      try writeModel(to: "\(directory)/model.safetensors")
      try FileSystem.makeDirectory("\(directory)/training")
      for (name, tensors) in tensors.filesForTraining {
        try SafetensorsWriter.write(tensors, into: OutputFile(creating: "\(directory)/\(name)"))
      }
      var progress = progress
      progress.checksums = try ModelDirectory.checksums(in: directory)
      try OutputFile(creating: ModelDirectory.statePath(in: directory)).write(progress.encoded())
    }
  }

  /// Writes the averages as the official code expects them: prefixed, and with its one buffer.
  private func writeModel(to path: String) throws(InputError) {
    let file = try OutputFile(creating: path)
    var frequencies = RotaryTable.inverseFrequencies(headSize: configuration.network.headSize)
    try frequencies.withUnsafeMutableBufferPointer { buffer throws(InputError) in
      let rotary = NamedTensor(
        name: WeightsFile.rotaryFrequencies, shape: [buffer.count], values: buffer, owner: nil)
      try SafetensorsWriter.write(
        tensors.averages + [rotary], prefix: "backbone.", metadata: ["format": "pt"], into: file)
    }
  }

  /// Reads the state of a training run from `directory` into `tensors`, to go on with it.
  ///
  /// - Parameters:
  ///   - directory: A checkpoint of this package.
  ///   - configuration: The network that goes on; dropout alone may differ.
  ///   - tensors: The buffers to fill.
  /// - Returns: How far the run had come.
  /// - Throws: ``InputError`` or ``InputErrors`` for a directory without training state, of another
  ///   format version, of another network, or with tensors that are damaged.
  public static func resume(
    from directory: ModelDirectory, configuration: ModelConfigurationFile, into tensors: Tensors
  ) throws -> TrainingProgress {
    let progress = try directory.trainingState()
    try ModelDirectory.verify([.weights, .firstMoment, .secondMoment], in: directory.path)
    try load(directory, configuration: configuration, into: tensors)
    return progress
  }

  /// Reads the tensors of a checkpoint whose files have been checked.
  static func load(
    _ directory: ModelDirectory, configuration: ModelConfigurationFile, into tensors: Tensors
  ) throws {
    try directory.configuration.checkSameModel(
      as: configuration, path: "\(directory.path)/config.json",
      remedy: "Resume with the configuration that the run began with")
    try directory.loadWeights(into: tensors.averages)
    let headSize = configuration.network.headSize
    for (name, tensors) in tensors.filesForTraining {
      try WeightsFile(path: "\(directory.path)/\(name)").load(into: tensors, headSize: headSize)
    }
  }
}

extension ModelConfigurationFile {
  /// Checks that nothing makes this another model than `other`, the run's own.
  ///
  /// - Parameters:
  ///   - other: The model that the run's configuration describes.
  ///   - path: The file that this was read from.
  ///   - ignored: Fields that may differ.
  ///   - remedy: What to do about a difference.
  /// - Throws: ``InputErrors`` with one mistake for every field that differs.
  func checkSameModel(
    as other: ModelConfigurationFile, path: String, ignoring ignored: Set<String> = [],
    remedy: String
  ) throws(InputErrors) {
    let fields: [(String, any CustomStringConvertible, any CustomStringConvertible)] = [
      ("vocab_size", network.vocabularySize, other.network.vocabularySize),
      ("mask_token_id", diffusion.maskID, other.diffusion.maskID),
      ("model_length", network.length, other.network.length),
      ("hidden_dim", network.hiddenSize, other.network.hiddenSize),
      ("n_blocks", network.blockCount, other.network.blockCount),
      ("n_heads", network.headCount, other.network.headCount),
      ("cond_dim", network.conditioningSize, other.network.conditioningSize),
      ("time_conditioning", network.timeConditioning, other.network.timeConditioning),
      ("backbone", network.backbone.rawValue, other.network.backbone.rawValue),
      (
        "mdlm.parameterization", diffusion.parameterization.rawValue,
        other.diffusion.parameterization.rawValue
      ),
      ("mdlm.T", diffusion.discreteTimeSteps, other.diffusion.discreteTimeSteps),
      ("mdlm.subs_masking", diffusion.excludesMask, other.diffusion.excludesMask),
      ("mdlm.noise", diffusion.noise.summary, other.diffusion.noise.summary),
    ]
    let errors = fields.filter { name, own, wanted in
      !ignored.contains(name) && own.description != wanted.description
    }.map { name, own, wanted in
      InputError(
        .badConfiguration, "\(path): \(name)", found: "\(own)",
        expected: "\(wanted), as the run's configuration says", remedy: remedy)
    }
    if !errors.isEmpty { throw InputErrors(errors) }
  }
}
