/// How far a training run has come: what `training/state.json` of a checkpoint says.
///
/// No clock is in it, so equal runs write equal bytes.
public struct TrainingProgress: Equatable, Sendable {
  /// The version of the layout of `training/` that this package writes; it reads version 1 too.
  static let formatVersion = 2

  /// Optimizer steps done, skipped ones among them.
  public var step: Int
  /// Rows of training data used, which is where the data go on.
  public var samplesConsumed: Int
  /// The seed of every random draw of the run.
  public var seed: UInt64
  /// The lowest validation loss so far, or nil before the first validation.
  public var bestMetric: Double?
  /// The step that it was measured at.
  public var bestStep: Int?
  /// The last step whose validation was finished, or 0: an interrupted one is made up for.
  public var validatedStep: Int
  /// The last step whose samples were drawn, or 0.
  public var sampledStep: Int
  /// Steps that were skipped for want of finite numbers.
  public var skippedSteps = 0
  /// How many of them were the last ones, without one that was not skipped behind them.
  public var skippedInARow = 0
  /// What tells the data of the run from others; nil in checkpoints of version 1.
  public var dataFingerprint: String?
  var statistics = TrainingStatistics()
  /// The SHA-256 of the checkpoint's other files by their names; nil in checkpoints of version 1.
  var checksums: [String: String]?

  public init(
    step: Int, samplesConsumed: Int, seed: UInt64, bestMetric: Double? = nil,
    bestStep: Int? = nil, validatedStep: Int = 0, sampledStep: Int = 0
  ) {
    self.step = step
    self.samplesConsumed = samplesConsumed
    self.seed = seed
    self.bestMetric = bestMetric
    self.bestStep = bestStep
    self.validatedStep = validatedStep
    self.sampledStep = sampledStep
  }

  /// Reads the `state.json` at `path`.
  ///
  /// - Throws: ``InputError`` or ``InputErrors`` for a file that is missing, malformed, altered or of
  ///   another format version.
  init(path: String) throws {
    var fields = try JSONFileFields(path: path)
    let version = fields.integer("format_version", in: 0...Int.max)
    try fields.finish()
    if !(1...Self.formatVersion).contains(version) {
      fields.report(
        "format_version", found: "\(version)", expected: "1 to \(Self.formatVersion)",
        remedy: "Resume with the version of mdlm that wrote the checkpoint")
      try fields.finish()
    }
    if version > 1 {
      fields.checkSeal("sha256")
      try fields.finish()
    }
    step = fields.integer("step", in: 0...Int.max)
    samplesConsumed = fields.integer("samples_consumed", in: 0...Int.max)
    seed = fields.integer("seed", in: 0...UInt64.max)
    bestMetric = fields.optionalNumber("best_metric")
    validatedStep = fields.integer("validated_step", in: 0...Int.max)
    // Version 1 drew no samples on the way, and never skipped a step.
    sampledStep = fields.integer("sampled_step", in: 0...Int.max, default: step)
    bestStep = fields.optionalInteger("best_step", in: 0...Int.max)
    skippedSteps = fields.integer("skipped_steps", in: 0...step, default: 0)
    skippedInARow = fields.integer("skipped_in_a_row", in: 0...skippedSteps, default: 0)
    dataFingerprint = fields.optionalText("data_sha256")
    if version > 1 {
      statistics = fields.object("statistics") { TrainingStatistics(&$0) }
      checksums = fields.texts("files") ?? [:]
    }
    try fields.finish()
  }

  /// The content of `state.json`.
  func encoded() -> String {
    let files = (checksums ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var members: [JSONMember] = []
    func add(_ key: String, _ value: JSONValue) {
      members.append(JSONMember(key: key, value: value))
    }
    add("best_metric", bestMetric.map { .number($0) } ?? .null)
    add("best_step", bestStep.map { .number($0) } ?? .null)
    add("data_sha256", dataFingerprint.map { .string($0) } ?? .null)
    add("files", .object(files.map { JSONMember(key: $0.key, value: .string($0.value)) }))
    add("format_version", .number(Self.formatVersion))
    add("sampled_step", .number(sampledStep))
    add("samples_consumed", .number(samplesConsumed))
    add("seed", .number(seed))
    add("skipped_in_a_row", .number(skippedInARow))
    add("skipped_steps", .number(skippedSteps))
    add("statistics", statistics.json)
    add("step", .number(step))
    add("validated_step", .number(validatedStep))
    add("sha256", .string(JSONFileFields.seal(of: .object(members))))
    return JSONValue.object(members).document()
  }
}
