import MDLM

/// `mdlm prepare`: turns a corpus into a token shard.
struct Prepare: Command {
  static let definition = CommandDefinition(
    name: "prepare",
    summary: "Turn a corpus into a token shard.",
    examples: [
      .init(
        "mdlm prepare --data news/ --tokenizer corpora/gpt2 --output corpora/news.bin",
        "Tokenize every file below a directory, a document a line."),
      .init(
        "mdlm prepare --data - --format jsonl --tokenizer corpora/gpt2 --output w.bin",
        "Read standard input; the same pipe goes on after an interruption."),
      .init(
        "mdlm prepare --data hg38.fa.gz --tokenizer dna --output corpora/hg38.bin",
        "Turn a genome into bases, a sequence a document."),
    ],
    groups: [
      .init("Input", [data, protocolName, documents, format, textKey, detokenizer]),
      .init("Tokens", [tokenizer]),
      .init("Output", [output, force, .json]),
      .init("Computing", [.threads]),
    ],
    isLongRunning: true)

  private static let data = Option(
    "data", .list(.file), metavar: "PATH", isRequired: true,
    help: "Files (.txt, .jsonl, .csv, .fa, also .gz), directories, or - for standard input.")
  static let protocolName = Option(
    "protocol", .value(.choice(DataProtocol.all.map(\.name))), metavar: "NAME",
    help: "Read documents as a published protocol does (mdlm eval-ppl --list-protocols).")
  private static let documents = Option(
    "documents", .value(.choice(of: DocumentBoundary.self)), metavar: "lines|stream",
    default: .described("lines"), help: "Whether a line is a document, or all text is one.")
  private static let format = Option(
    "format", .value(.choice(["text", "jsonl", "csv", "fasta"])), metavar: "NAME",
    default: .described("told by the extension"),
    help: "What all inputs hold: text, jsonl, csv, fasta.")
  private static let textKey = Option(
    "text-key", .value(.text), metavar: "KEY", default: .described("text"),
    help: "The key of JSON lines that holds a document.")
  private static let detokenizer = Option(
    "detokenizer", .value(.choice(of: Detokenizer.self)), metavar: "NAME",
    default: .described("none"), help: "Undo the spaces that a corpus was tokenized with.")
  private static let tokenizer = Option(
    "tokenizer", .value(.file), metavar: "NAME|PATH", isRequired: true,
    help: "char, byte, text8, dna, a tokenizer.json or a directory with a tokenizer.")
  private static let output = Option(
    "output", .value(.file), metavar: "FILE", isRequired: true,
    help: "The shard to write, a name that ends in .bin.")
  private static let force = Option(
    "force", .flag, help: "Replace the shard that is there.")

  let data: [String]
  let reading: TextReading
  let tokenizer: String
  let output: String
  let replaces: Bool
  let threads: Int?
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    data = arguments.strings("data")
    tokenizer = arguments.string("tokenizer")
    output = arguments.string("output")
    replaces = arguments.flag("force")
    threads = arguments.optionalInteger("threads")
    json = arguments.flag("json")
    for name in ["documents", "format", "text-key", "detokenizer"] {
      try arguments.checkNotBoth("protocol", name)
    }
    let named = arguments.optionalString("protocol").flatMap(DataProtocol.named)
    reading =
      named?.reading
      ?? TextReading(
        documents: arguments.optionalChoice("documents") ?? .lines,
        textKey: arguments.optionalString("text-key") ?? "text",
        detokenizer: arguments.optionalChoice("detokenizer") ?? .none,
        format: arguments.optionalChoice("format"))
    guard reading.documents == .lines || reading.detokenizer == .none else {
      throw InputError(
        .usage, "--detokenizer", found: "it together with --documents stream",
        expected: "--documents lines, since detokenizers work on documents",
        remedy: "Leave one of them out")
    }
    guard output.hasSuffix(".bin") else {
      throw InputError(
        .usage, "--output", found: output.quoted, expected: "a name that ends in .bin",
        remedy: "Write --output \(output).bin")
    }
  }
}
