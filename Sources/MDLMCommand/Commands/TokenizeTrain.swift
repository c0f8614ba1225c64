import MDLM

/// `mdlm tokenize train`: learns a byte-level BPE vocabulary.
struct TokenizeTrain: Command {
  static let definition = CommandDefinition(
    name: "tokenize train",
    summary: "Train a byte-level BPE tokenizer on text.",
    examples: [
      .init(
        "mdlm tokenize train --data train.txt --vocab-size 8000 --output bpe",
        "Learn 8,000 tokens and write bpe/tokenizer.json."),
      .init(
        "mdlm tokenize train --data a.jsonl --vocab-size 32000 --min-frequency 10",
        "Learn only tokens of pairs that occur ten times and more."),
    ],
    groups: [
      .init("Text", [data, .documents]),
      .init("Vocabulary", [size, minimumFrequency]),
      .init("Computing", [.threads]),
      .init("Output", [output, .json]),
    ])

  private static let data = Option(
    "data", .list(.file), metavar: "FILE", isRequired: true,
    help: "Text (.txt, .jsonl, also .gz) in UTF-8, or directories of it.")
  private static let size = Option(
    "vocab-size", .value(.integer(BPETrainer.vocabularySizes)), metavar: "N",
    isRequired: true,
    help: "Tokens, with [BOS], [EOS], [PAD], [MASK] and 256 bytes among them.")
  private static let minimumFrequency = Option(
    "min-frequency", .value(.integer(0...Int.max)), metavar: "K", default: .value("2"),
    help: "How often a pair of tokens must occur to become one.")
  private static let output = Option(
    "output", .value(.file), metavar: "PATH", default: .value(TokenizerFile.name),
    help: "A new .json file, or the directory to put tokenizer.json in.")

  let data: [String]
  let documents: DocumentBoundary
  let size: Int
  let minimumFrequency: Int
  let threads: Int?
  let output: String
  let json: Bool

  init(_ arguments: ParsedArguments) {
    data = arguments.strings("data")
    documents = arguments.choice("documents")
    size = arguments.integer("vocab-size")
    minimumFrequency = arguments.integer("min-frequency")
    threads = arguments.optionalInteger("threads")
    output = arguments.string("output")
    json = arguments.flag("json")
  }
}
