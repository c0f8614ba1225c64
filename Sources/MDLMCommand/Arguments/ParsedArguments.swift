import MDLM

/// The values of one command line, already checked against the command's table.
///
/// The accessors trap on a name or type that the table does not have: that is a mistake in the
/// command, not in its input.
struct ParsedArguments: Sendable {
  let definition: CommandDefinition
  /// Values by option name; an option that was not given has no entry, a flag has an empty one.
  let values: [String: [String]]
  /// The arguments that belong to no option, in order.
  let positional: [String]

  func flag(_ name: String) -> Bool { values[option(name).name] != nil }

  /// The values of a repeatable or list option, in order.
  func strings(_ name: String) -> [String] { values[option(name).name] ?? [] }

  /// The value that was given, or the default value, or nil where there is neither.
  func optionalString(_ name: String) -> String? {
    let option = option(name)
    if let given = values[name]?.last { return given }
    if case .value(let text) = option.defaultValue { return text }
    return nil
  }

  /// The value of an option that is required or has a default value.
  func string(_ name: String) -> String { unwrap(optionalString(name), name) }

  func optionalInteger(_ name: String) -> Int? {
    optionalString(name).map { unwrap(Int($0), name) }
  }

  /// The number of an option that is required or has a default value.
  func integer(_ name: String) -> Int { unwrap(optionalInteger(name), name) }

  func optionalNumber(_ name: String) -> Double? {
    optionalString(name).map { unwrap(Double($0), name) }
  }

  func optionalChoice<Choice: RawRepresentable<String>>(
    _ name: String, as type: Choice.Type = Choice.self
  ) -> Choice? {
    optionalString(name).map { unwrap(Choice(rawValue: $0), name) }
  }

  /// The choice of an option that is required or has a default value.
  func choice<Choice: RawRepresentable<String>>(
    _ name: String, as type: Choice.Type = Choice.self
  ) -> Choice {
    unwrap(optionalChoice(name), name)
  }

  /// The first positional argument, which is required, as one of a closed set of words.
  func argument<Choice: RawRepresentable<String>>(as type: Choice.Type = Choice.self) -> Choice {
    unwrap(positional.first.flatMap(Choice.init(rawValue:)), "first argument")
  }

  /// Refuses two options that contradict each other.
  ///
  /// - Parameters:
  ///   - first: The name of one option.
  ///   - second: The name of the other.
  /// - Throws: ``InputError`` of category `usage` when both were given.
  func checkNotBoth(_ first: String, _ second: String) throws(InputError) {
    let (one, other) = (option(first), option(second))
    guard values[first] != nil, values[second] != nil else { return }
    throw InputError(
      .usage, other.flag, found: "it together with \(one.flag)", expected: "one of the two",
      remedy: "Leave out \(one.flag) or \(other.flag)")
  }

  private func option(_ name: String) -> Option {
    unwrap(definition.options.first { $0.name == name }, name)
  }

  private func unwrap<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else {
      fatalError("[ParsedArguments] mdlm \(definition.name) has no such value: \(name)")
    }
    return value
  }
}
