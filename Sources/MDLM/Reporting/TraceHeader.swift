/// What the first line of a trace says of all samples that follow: how they were drawn.
public struct TraceHeader: Sendable, Equatable {
  /// The SHA-256 of the weights' file, in hexadecimal digits.
  public var model: String
  /// The fingerprint of the tokenizer, or nil for a model without.
  public var tokenizer: String?
  /// The predictor's name, such as `ddpm_cache`.
  public var predictor: String
  /// The noise schedule's name, such as `loglinear`.
  public var schedule: String
  /// The name of the rule that lays out the times of the steps, such as `linear`.
  public var grid: String
  /// The steps that were asked for.
  public var steps: Int
  public var seed: UInt64
  /// The id that stands for a place without a token.
  public var maskID: Int32
  /// Further settings of the predictor, in the order in which to show them.
  public var settings: [Setting]

  /// A further setting of the predictor.
  public struct Setting: Sendable, Equatable {
    public var name: String
    public var value: Value

    public init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What a setting may be.
  public enum Value: Sendable, Equatable {
    case integer(Int)
    case number(Double)
    case text(String)
    case boolean(Bool)
  }

  public init(
    model: String, tokenizer: String?, predictor: String, schedule: String, grid: String,
    steps: Int, seed: UInt64, maskID: Int32, settings: [Setting] = []
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.predictor = predictor
    self.schedule = schedule
    self.grid = grid
    self.steps = steps
    self.seed = seed
    self.maskID = maskID
    self.settings = settings
  }

  static let format = "mdlm-trace"
  static let version = 1

  /// The line as it stands in the file.
  var json: JSONValue {
    [
      "format": .string(Self.format), "version": .number(Self.version), "model": .string(model),
      "tokenizer": tokenizer.map { .string($0) } ?? .null, "predictor": .string(predictor),
      "schedule": .string(schedule), "grid": .string(grid), "steps": .number(steps),
      "seed": .number(seed), "mask": .number(maskID),
      "settings": .object(settings.map { JSONMember(key: $0.name, value: $0.value.json) }),
    ]
  }

  /// Reads the first line of a trace.
  init(_ line: TraceLine) throws(InputError) {
    let format = line.content["format"]
    guard format?.string == Self.format else {
      throw line.mistake(
        found: format.map { "the format \($0.summary)" } ?? "no format",
        expected: "\"format\": \"\(Self.format)\"",
        remedy: "Name a file that mdlm sample --trace has written")
    }
    let version: Int = try line.integer("version", in: 1...Int.max)
    guard version == Self.version else {
      throw line.mistake(
        found: "version \(version)", expected: "version \(Self.version)",
        remedy: "Read it with the version of mdlm that wrote it")
    }
    model = try line.string("model")
    tokenizer = line.content["tokenizer"] == .null ? nil : try line.string("tokenizer")
    predictor = try line.string("predictor")
    schedule = try line.string("schedule")
    grid = try line.string("grid")
    steps = try line.integer("steps", in: 0...TraceLine.stepLimit)
    seed = try line.integer("seed", in: 0...UInt64.max)
    maskID = try line.integer("mask", in: 0...Int32.max)
    settings = []
    for member in try line.members("settings") {
      guard let value = Value(member.value) else {
        throw line.mistake(
          "settings.\(member.key)", found: member.value.summary,
          expected: "a number, a text, true or false")
      }
      settings.append(Setting(member.key, value))
    }
  }
}

extension TraceHeader.Value {
  fileprivate var json: JSONValue {
    switch self {
    case .integer(let value): .number(value)
    // JSON has no word for a number that is not finite.
    case .number(let value): value.isFinite ? .number(value) : .string("\(value)")
    case .text(let value): .string(value)
    case .boolean(let value): .boolean(value)
    }
  }

  fileprivate init?(_ json: JSONValue) {
    switch json {
    case .number(let literal):
      guard let number = Double(literal), number.isFinite else { return nil }
      self = Int(literal).map { .integer($0) } ?? .number(number)
    case .string(let value): self = .text(value)
    case .boolean(let value): self = .boolean(value)
    case .null, .array, .object: return nil
    }
  }

  /// The value as people read it.
  var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .boolean(let value): "\(value)"
    }
  }
}
