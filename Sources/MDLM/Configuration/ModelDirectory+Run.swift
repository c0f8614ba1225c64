extension ModelDirectory {
  /// The configuration of the run that this checkpoint belongs to, or nil for a model without a run.
  ///
  /// - Throws: ``InputErrors`` where the run's `config.json5` is damaged.
  public func runConfiguration() throws -> RunConfiguration? {
    // RUN/checkpoints/00000500
    let file = path + "/../../config.json5"
    guard FileSystem.exists(file) else { return nil }
    return try RunConfiguration.load(path: file)
  }
}
