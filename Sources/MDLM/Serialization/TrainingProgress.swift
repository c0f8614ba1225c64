/// How far a training run has come: what `training/state.json` of a checkpoint says.
///
/// No clock is in it, so equal runs write equal bytes.
public struct TrainingProgress: Equatable, Sendable {
  /// The version of the layout of `training/` that this package reads and writes.
  static let formatVersion = 1

  /// Optimizer steps done.
  public var step: Int
  /// Rows of training data used, which is where the data go on.
  public var samplesConsumed: Int
  /// The seed of every random draw of the run.
  public var seed: UInt64
  /// The lowest validation loss so far, or nil before the first validation.
  public var bestMetric: Double?
  /// The last step whose validation was finished, or 0: an interrupted one is made up for.
  public var validatedStep: Int

  public init(
    step: Int, samplesConsumed: Int, seed: UInt64, bestMetric: Double? = nil,
    validatedStep: Int = 0
  ) {
    self.step = step
    self.samplesConsumed = samplesConsumed
    self.seed = seed
    self.bestMetric = bestMetric
    self.validatedStep = validatedStep
  }

  /// Reads the `state.json` at `path`.
  ///
  /// - Throws: ``InputError`` or ``InputErrors`` for a file that is missing, malformed or of another
  ///   format version.
  init(path: String) throws {
    var fields = try JSONFileFields(path: path)
    let version = fields.integer("format_version", in: 0...Int.max)
    try fields.finish()
    if version != Self.formatVersion {
      fields.report(
        "format_version", found: "\(version)", expected: "\(Self.formatVersion)",
        remedy: "Resume with the version of mdlm that wrote the checkpoint")
      try fields.finish()
    }
    step = fields.integer("step", in: 0...Int.max)
    samplesConsumed = fields.integer("samples_consumed", in: 0...Int.max)
    seed = fields.integer("seed", in: 0...UInt64.max)
    bestMetric = fields.optionalNumber("best_metric")
    validatedStep = fields.integer("validated_step", in: 0...Int.max)
    try fields.finish()
  }

  /// The content of `state.json`.
  func encoded() -> String {
    let value: JSONValue = [
      "best_metric": bestMetric.map { .number($0) } ?? .null,
      "format_version": .number(Self.formatVersion),
      "samples_consumed": .number(samplesConsumed),
      "seed": .number(seed),
      "step": .number(step),
      "validated_step": .number(validatedStep),
    ]
    return value.document()
  }
}
