extension RunHistory {
  /// Reads the files of a run, at whatever moment.
  ///
  /// - Parameter directory: The run.
  /// - Throws: ``InputError`` where there is no run, or for a damaged line, with file and line;
  ///   ``InputErrors`` for a configuration that cannot be used.
  public init(directory: RunDirectory) throws {
    guard directory.isRun else {
      throw InputError(
        .missingInput, directory.path,
        found: FileSystem.exists(directory.path)
          ? "neither config.json5 nor metrics.jsonl in it"
          : "nothing there",
        expected: "the directory of a run", remedy: "Name a directory that mdlm train has written")
    }
    self.init(directory)
    // Whoever takes the lock after this writes what belongs to a later moment.
    isLocked = directory.isLocked
    if FileSystem.exists(directory.configurationPath) {
      configuration = try RunConfiguration.load(path: directory.configurationPath)
    }
    try readMetrics()
    try readSamples()
    let sessions = JSONLineFile(path: directory.sessionsPath, byteLimit: 1 << 28)
    try sessions.forEachLine { bytes, number throws(InputError) in
      try addSession(RunLine(bytes, name: sessions.path, number: number))
    }
    findCheckpoints()
  }

  private mutating func readMetrics() throws(InputError) {
    let file = JSONLineFile(path: directory.metricsPath)
    try file.forEachLine { bytes, number throws(InputError) in
      add(try MetricFields(bytes, name: file.path, number: number))
    }
    // Writers keep the order of steps; charts rely on it.
    training.sortIfNeeded(by: \.step)
    validations.sortIfNeeded(by: \.step)
    skippedSteps.sortIfNeeded(by: \.step)
    spikes.sortIfNeeded(by: \.step)
  }

  private mutating func add(_ fields: MetricFields) {
    let step = fields.step
    switch fields.kind {
    case .train:
      training.append(
        TrainingPoint(
          step: step, loss: fields.loss, meanLoss: fields.meanLoss,
          learningRate: fields.learningRate, gradientNorm: fields.gradientNorm,
          tokens: fields.tokens, seconds: fields.seconds, tokensPerSecond: fields.tokensPerSecond,
          memory: fields.memory, lossByMaskedShare: fields.lossByMaskedShare))
    case .validation:
      validations.append(
        Validation(
          step: step, nll: fields.nll, standardError: fields.standardError,
          seconds: fields.seconds, lossByMaskedShare: fields.lossByMaskedShare))
    case .skipped:
      skippedSteps.append(
        SkippedStep(
          step: step, loss: fields.loss, gradientNorm: fields.gradientNorm, batch: fields.batch))
    case .spike:
      spikes.append(
        Spike(
          step: step, loss: fields.loss, expected: fields.expected, deviation: fields.deviation))
    case nil: break
    }
  }

  private mutating func readSamples() throws(InputError) {
    let file = JSONLineFile(path: directory.samplesPath, byteLimit: 1 << 30, lineLimit: 1 << 24)
    try file.forEachLine { bytes, number throws(InputError) in
      let line = try RunLine(bytes, name: file.path, number: number)
      let text = try line.string("text")
      let ids = text == nil ? try line.tokens("tokens") ?? [] : []
      samples.append(
        DrawnSample(
          step: try line.requiredCount("step"), number: try line.requiredCount("sample"),
          text: text ?? ids.map(String.init).joined(separator: " "),
          networkCalls: try line.count("nfe")))
    }
    samples.sort { ($0.step, $0.number) < ($1.step, $1.number) }
  }

  private mutating func findCheckpoints() {
    let store = CheckpointStore(run: directory.path)
    func step(_ path: String?) -> Int? { path.flatMap { Int(FileSystem.split($0).name) } }
    checkpoints = store.steps
    latestCheckpoint = step(store.latest)
    bestCheckpoint = step(store.best)
    parameters = sessions.last { $0.parameters != nil }?.parameters
    if parameters == nil, let latest = store.latest {
      parameters = (try? ModelDirectory(resolving: latest))?.configuration.network.parameterCount
    }
  }
}

extension Array {
  /// Sorts the elements where they are not in order yet; equal ones keep theirs.
  fileprivate mutating func sortIfNeeded(by key: KeyPath<Element, Int>) {
    let isSorted = zip(self, dropFirst()).allSatisfy { $0[keyPath: key] <= $1[keyPath: key] }
    if !isSorted { sort { $0[keyPath: key] < $1[keyPath: key] } }
  }
}
