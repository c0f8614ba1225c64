import MDLM

/// `mdlm runs`: the runs below some directories, and how they stand.
struct ListRuns: Command {
  static let definition = CommandDefinition(
    name: "runs",
    summary: "List runs, how they stand and how good they are.",
    examples: [
      .init("mdlm runs", "List the runs below the directory runs, the latest first."),
      .init("mdlm runs experiments --sort name", "List those below another, by their names."),
      .init("mdlm runs --json", "Print an object for each run, for programs."),
    ],
    arguments: [
      Argument(
        "DIR", .directory, isRequired: false, isRepeated: true,
        help: "A run, or a directory with runs in it or below. (default: runs)")
    ],
    groups: [
      .init(
        "Output",
        [
          Option(
            "sort", .value(.choice(of: Order.self)), metavar: "time|name", default: .value("time"),
            help: "List the last written first, or in the order of names."),
          .json,
        ])
    ])

  /// In which order runs are listed.
  enum Order: String, CaseIterable, Sendable { case time, name }

  /// Where to look; nil for the usual place, which need not be there.
  let directories: [String]?
  let order: Order
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    directories = arguments.positional.isEmpty ? nil : arguments.positional
    order = arguments.choice("sort")
    json = arguments.flag("json")
  }
}
