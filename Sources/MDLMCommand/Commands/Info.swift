import MDLM

/// `mdlm info`: sizes and cost of a model, and what a checkpoint holds.
struct Info: Command {
  enum Subject: Equatable, Sendable {
    /// A run, a checkpoint or a model directory.
    case model(String)
    /// A file of token ids.
    case shard(String)
    case configuration(String)
  }

  static let definition = CommandDefinition(
    name: "info",
    summary: "Show what a model, a checkpoint or a shard holds.",
    examples: [
      .init("mdlm info runs/quickstart", "Show what the run's latest checkpoint holds."),
      .init("mdlm info corpora/news.bin", "Show the tokens and documents of a token shard."),
      .init(
        "mdlm info --config configs/owt-small.json5",
        "Show parameters and FLOPs of a model before there is one."),
    ],
    arguments: [
      Argument(
        "PATH", .directory, isRequired: false,
        help: "A run, one checkpoint of it, a Hugging Face style model directory, or a .bin file.")
    ],
    groups: [
      .init(
        "Configuration",
        [
          Option(
            "config", .value(.file), metavar: "FILE",
            help: "Describe the model of a configuration instead.")
        ]),
      .init("Output", [.json]),
    ])

  let subject: Subject
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    switch (arguments.positional.first, arguments.optionalString("config")) {
    case (let path?, nil):
      subject = DataFormat(path: path) == .shard ? .shard(path) : .model(path)
    case (nil, let path?): subject = .configuration(path)
    case (let path, _):
      throw InputError(
        .usage, "mdlm info",
        found: path == nil ? "neither PATH nor --config" : "both PATH and --config",
        expected: "one of the two", remedy: "Write, for example, mdlm info runs/quickstart")
    }
    json = arguments.flag("json")
  }

}
