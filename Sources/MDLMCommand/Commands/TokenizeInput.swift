import MDLM

/// What `mdlm tokenize encode` and `decode` read.
enum TokenizeInput {
  /// The tokenizer of a command that has no checkpoint to take one from.
  static let tokenizer = Option(
    "tokenizer", .value(.file), metavar: "PATH", isRequired: true,
    help: "A tokenizer.json, a directory with tokenizer files, byte, text8 or dna.")

  /// Makes the tokenizer that `--tokenizer` names.
  ///
  /// - Throws: ``InputError`` where there is none, or it takes a corpus to make.
  static func makeTokenizer(_ nameOrPath: String) throws(InputError) -> any Tokenizer {
    let name = try TokenizerName(option: nameOrPath)
    guard name != .character else {
      throw InputError(
        .usage, "--tokenizer", found: "'char', whose vocabulary is that of a corpus",
        expected: "byte, text8, dna, a tokenizer.json or a directory with tokenizer files",
        remedy: "Give the tokenizer.json of a run that was trained with it")
    }
    return try name.makeTokenizer(specials: [], corpus: EmptyCollection())
  }

  /// Calls `body` with the content of each file, or of standard input where there are none.
  static func forEachText(
    of files: [String], in context: CommandContext, _ body: (SourceText) throws -> Void
  ) throws {
    if files.isEmpty { try body(context.readInput()) }
    for file in files { try body(SourceText(contentsOf: file)) }
  }
}

extension TokenizerName {
  /// Reads the value of `--tokenizer`.
  init(option value: String) throws(InputError) {
    do throws(InputError) {
      try self.init(value)
    } catch {
      var error = error
      if error.category == .badConfiguration { error.category = .usage }
      error.subject = "--tokenizer"
      throw error
    }
  }
}

extension Option {
  /// Where documents end in text that is tokenized.
  static let documents = Option(
    "documents", .value(.choice(of: DocumentBoundary.self)), metavar: "lines|stream",
    default: .value("lines"),
    help: "Whether each line is a document, without its line end, or each file is one.")
}

/// Output that is gathered into large writes.
struct GatheredOutput {
  private let sink: any TextSink
  private var pending: [UInt8] = []

  init(_ sink: any TextSink) { self.sink = sink }

  /// Adds bytes, and writes what there is when it is much.
  mutating func append(_ bytes: some Sequence<UInt8>) throws {
    pending += bytes
    if pending.count >= 1 << 16 { try flush() }
  }

  /// Writes what is left.
  mutating func flush() throws {
    try sink.write(pending)
    pending.removeAll(keepingCapacity: true)
  }
}
