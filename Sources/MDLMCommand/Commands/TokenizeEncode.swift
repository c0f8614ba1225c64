import MDLM

/// `mdlm tokenize encode`: text to token ids.
struct TokenizeEncode: Command {
  static let definition = CommandDefinition(
    name: "tokenize encode",
    summary: "Turn text into token ids.",
    examples: [
      .init(
        "mdlm tokenize encode --tokenizer bpe --data valid.txt > ids.txt",
        "Write the ids of each line as a line."),
      .init(
        "mdlm tokenize encode --tokenizer bpe --json < valid.txt",
        "Show the tokens beside the ids, one JSON object a line."),
    ],
    groups: [
      .init("Tokenizer", [TokenizeInput.tokenizer, specialTokens]),
      .init("Text", [data, .documents]),
      .init("Output", [.json]),
    ])

  private static let specialTokens = Option(
    "special-tokens", .flag,
    help: "Put what the tokenizer's file says around each document, such as [CLS] and [SEP].")
  private static let data = Option(
    "data", .list(.file), metavar: "FILE", default: .described("standard input"),
    help: "Text; .jsonl files hold it under 'text'. Any bytes will do for byte-level tokenizers.")

  let tokenizer: String
  let addsSpecialTokens: Bool
  /// Files to read; empty to read standard input.
  let data: [String]
  let documents: DocumentBoundary
  let json: Bool

  init(_ arguments: ParsedArguments) {
    tokenizer = arguments.string("tokenizer")
    addsSpecialTokens = arguments.flag("special-tokens")
    data = arguments.strings("data")
    documents = arguments.choice("documents")
    json = arguments.flag("json")
  }
}
