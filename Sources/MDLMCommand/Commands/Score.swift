import MDLM

/// `mdlm score`: measures the quality of samples.
struct Score: Command {
  static let definition = CommandDefinition(
    name: "score",
    summary: "Measure the quality of samples.",
    examples: [
      .init(
        "mdlm score samples.jsonl --tokenizer runs/quickstart/checkpoints/latest",
        "Show the entropy, diversity and repetition of samples."),
      .init(
        "mdlm score a.jsonl b.jsonl --judge stories15M.bin --plot frontier.svg",
        "Compare two samplers by perplexity, too, and draw it against their cost."),
      .init(
        "mdlm score samples.jsonl --tokenizer bpe --reference valid.txt",
        "Set the same figures of real text beside them."),
    ],
    arguments: [
      Argument(
        "FILE", .file, isRequired: true, isRepeated: true,
        help: """
          What mdlm sample --json printed, or text with an empty line between samples; - is \
          standard input.
          """)
    ],
    groups: [
      .init("Figures", [.judge, tokenizer, reference]),
      .init("Computing", [.threads]),
      .init("Output", [plot, .json]),
    ],
    isLongRunning: true)

  private static let tokenizer = Option(
    "tokenizer", .value(.file), metavar: "PATH",
    default: .described("the tokens of the lines, or characters"),
    help: "The tokenizer of the model: a tokenizer.json, a directory with one, byte, text8 or dna.")
  private static let reference = Option(
    "reference", .value(.file), metavar: "FILE",
    help: "Real text, cut into pieces as long as samples: what the figures should be.")
  private static let plot = Option(
    "plot", .value(.file), metavar: "FILE",
    help: "Write a picture (SVG) of quality against network calls.")

  /// Files, or `-` for standard input.
  let files: [String]
  let judge: String?
  let tokenizer: String?
  let reference: String?
  let threads: Int?
  let plot: String?
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    files = arguments.positional
    judge = arguments.optionalString("judge")
    tokenizer = arguments.optionalString("tokenizer")
    reference = arguments.optionalString("reference")
    threads = arguments.optionalInteger("threads")
    plot = arguments.optionalString("plot")
    json = arguments.flag("json")
    if let twice = files.first(where: { file in files.count { $0 == file } > 1 }) {
      throw InputError(
        .usage, twice.quoted, found: "it more than once", expected: "every file once",
        remedy: "Keep one of them")
    }
  }
}
