import MDLM

/// `mdlm tokenize decode`: token ids to text.
struct TokenizeDecode: Command {
  static let definition = CommandDefinition(
    name: "tokenize decode",
    summary: "Turn token ids into text.",
    examples: [
      .init(
        "mdlm tokenize decode --tokenizer bpe --data ids.txt",
        "Write the text of each line of ids as a line."),
      .init(
        "mdlm tokenize decode --tokenizer bpe --documents stream < ids.txt > text.txt",
        "Write the bytes that all ids stand for, without any line end between."),
    ],
    groups: [
      .init("Tokenizer", [TokenizeInput.tokenizer, specialTokens]),
      .init("Ids", [data, documents]),
    ])

  private static let specialTokens = Option(
    "special-tokens", .flag, help: "Write special tokens by their names; else they are left out.")
  private static let data = Option(
    "data", .list(.file), metavar: "FILE", default: .described("standard input"),
    help: "Ids in decimal digits, separated by white space.")
  private static let documents = Option(
    "documents", .value(.choice(of: DocumentBoundary.self)), metavar: "lines|stream",
    default: .value("lines"),
    help: "Whether each line of ids becomes a line of text, or all become one text.")

  let tokenizer: String
  let namesSpecialTokens: Bool
  /// Files to read; empty to read standard input.
  let data: [String]
  let documents: DocumentBoundary

  init(_ arguments: ParsedArguments) {
    tokenizer = arguments.string("tokenizer")
    namesSpecialTokens = arguments.flag("special-tokens")
    data = arguments.strings("data")
    documents = arguments.choice("documents")
  }
}
