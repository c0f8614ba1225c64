import MDLM

/// `mdlm config`: the configuration as a run would use it, or everything that is wrong with it.
struct ShowConfiguration: Command {
  static let definition = CommandDefinition(
    name: "config",
    summary: "Show a configuration as a run would use it.",
    examples: [
      .init(
        "mdlm config configs/text8-small.json5",
        "Print every key with its value, or all mistakes at once."),
      .init(
        "mdlm config configs/quickstart.json5 --set model.hidden_size=256",
        "Check a change before a run."),
    ],
    arguments: [
      Argument("FILE", .file, isRequired: true, help: "The configuration (JSON5).")
    ],
    groups: [
      .init("Configuration", [.set]),
      .init("Output", [.json]),
    ])

  let file: String
  let overrides: [String]
  let json: Bool

  init(_ arguments: ParsedArguments) {
    file = arguments.positional[0]
    overrides = arguments.strings("set")
    json = arguments.flag("json")
  }

}
