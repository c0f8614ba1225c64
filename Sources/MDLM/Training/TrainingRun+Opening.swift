/// What must hold before a run begins or goes on.
extension TrainingRun {
  static func checkIsNew(_ directory: RunDirectory, _ store: CheckpointStore) throws(InputError) {
    guard let latest = store.latest else { return }
    throw InputError(
      .cannotWrite, directory.path, found: "a run with checkpoints (\(latest))",
      expected: "a new directory", remedy: "Go on with --resume, or name another with --output")
  }

  /// The newest checkpoint whose files are whole, or nil where the run has none yet.
  ///
  /// - Throws: What is wrong with the newest, where there are some and none can be used.
  static func newestCheckpoint(
    in store: CheckpointStore
  ) throws -> (model: ModelDirectory, progress: TrainingProgress)? {
    guard !store.candidates.isEmpty else { return nil }
    let newest = try ModelDirectory.newest(of: store) { directory in
      // The others were checked when the directory was read.
      try ModelDirectory.verify([.weights, .firstMoment, .secondMoment], in: directory.path)
      return try directory.trainingState()
    }
    return (newest.directory, newest.result)
  }

  /// The settings that differ from those in the run's directory.
  ///
  /// - Throws: ``InputErrors`` where these cannot be read.
  static func changes(
    of configuration: RunConfiguration, from directory: RunDirectory
  ) throws -> [ConfigurationChange] {
    let path = directory.configurationPath
    guard FileSystem.exists(path) else { return [] }
    do throws(InputErrors) {
      return configuration.changes(from: try RunConfiguration.load(path: path))
    } catch {
      var error = error
      error.errors[0].details = [
        "It tells with which settings the run has been trained so far; without it they cannot be "
          + "compared. Move it away to go on with those you give."
      ]
      throw error
    }
  }

  /// Refuses changes that make another run, and others that change its numbers unless accepted.
  static func check(
    _ changes: [ConfigurationChange], accepted: Bool, in directory: RunDirectory
  ) throws(InputError) {
    let impossible = changes.filter { $0.effect == .anotherRun }
    let refused =
      impossible.isEmpty
      ? (accepted ? [] : changes.filter { $0.effect == .otherNumbers }) : impossible
    guard !refused.isEmpty else { return }
    throw InputError(
      .badConfiguration, directory.path,
      found: impossible.isEmpty
        ? "settings that change the numbers of this run" : "the settings of another run",
      expected: "those in its config.json5",
      remedy: impossible.isEmpty
        ? "Go back to them, or go on with the new ones by --accept-changes"
        : "Resume with the settings that the run began with, or name another --output",
      details: refused.flatMap(\.lines))
  }

  static func checkSeed(
    _ progress: TrainingProgress, _ configuration: RunConfiguration, _ path: String
  ) throws(InputError) {
    let (consumed, overflow) = progress.step.multipliedReportingOverflow(
      by: configuration.loader.globalBatchSize)
    guard progress.seed == configuration.seed, progress.samplesConsumed == consumed, !overflow
    else {
      throw InputError(
        .badConfiguration, path,
        found: "seed \(progress.seed) and \(progress.samplesConsumed) rows read in "
          + "\(progress.step) steps",
        expected: "seed \(configuration.seed) and \(consumed) rows, as the configuration says",
        remedy: "Resume with the seed and loader.global_batch_size that the run began with")
    }
  }

  /// Refuses data that are not those the run was trained on, unless accepted.
  static func checkData(
    _ fingerprint: String, _ progress: TrainingProgress, _ configuration: RunConfiguration,
    accepted: Bool
  ) throws(InputError) {
    guard let expected = progress.dataFingerprint, expected != fingerprint, !accepted else {
      return
    }
    throw InputError(
      .badData, configuration.data.train.joined(separator: ", "),
      found:
        "other rows than the run has been trained and validated on (\(fingerprint.prefix(12))…)",
      expected: "the same (\(expected.prefix(12))…)",
      remedy: "Bring the data back as they were, or go on with the new ones by --accept-changes")
  }
}
