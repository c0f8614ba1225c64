/// One option of a command; the parser, the help and the shell completion all read this table row.
struct Option: Sendable {
  /// How often an option may be given and how many values follow it.
  enum Kind: Sendable {
    /// `--json`
    case flag
    /// `--seed 1`, once.
    case value(ValueFormat)
    /// `--set a=1 --set b=2`, one value each time.
    case repeatable(ValueFormat)
    /// `--data a.txt b.txt`, up to the next option.
    case list(ValueFormat)
  }

  /// What holds when the option is not given.
  enum Default: Sendable {
    /// As if this text had been given.
    case value(String)
    /// No value; the command decides, and the help shows this sentence part.
    case described(String)
  }

  /// The long name without its dashes.
  let name: String
  let kind: Kind
  /// The placeholder of its value in the help; empty for flags.
  let metavar: String
  let defaultValue: Default?
  let isRequired: Bool
  let help: String

  init(
    _ name: String, _ kind: Kind, metavar: String = "", default defaultValue: Default? = nil,
    isRequired: Bool = false, help: String
  ) {
    self.name = name
    self.kind = kind
    self.metavar = metavar
    self.defaultValue = defaultValue
    self.isRequired = isRequired
    self.help = help
  }

  /// The name as it is typed, such as `--seed`.
  var flag: String { "--" + name }

  /// The name and its placeholder, such as `--data FILE…`.
  var signature: String {
    switch kind {
    case .flag: flag
    case .value, .repeatable: "\(flag) \(metavar)"
    case .list: "\(flag) \(metavar)…"
    }
  }

  /// The format of its values, or nil for a flag.
  var format: ValueFormat? {
    switch kind {
    case .flag: nil
    case .value(let format), .repeatable(let format), .list(let format): format
    }
  }
}

/// A positional argument of a command.
struct Argument: Sendable {
  let metavar: String
  let format: ValueFormat
  let isRequired: Bool
  /// Whether it stands for all words from its place on; only the last argument can.
  let isRepeated: Bool
  let help: String

  init(
    _ metavar: String, _ format: ValueFormat, isRequired: Bool, isRepeated: Bool = false,
    help: String
  ) {
    self.metavar = metavar
    self.format = format
    self.isRequired = isRequired
    self.isRepeated = isRepeated
    self.help = help
  }

  /// The placeholder as the help shows it, such as `FILE…`.
  var signature: String { isRepeated ? metavar + "…" : metavar }
}
