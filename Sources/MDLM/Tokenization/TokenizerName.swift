/// What `data.tokenizer_name_or_path` says.
public enum TokenizerName: Sendable, Equatable {
  /// `char`: a character vocabulary built from the corpus.
  case character
  /// `byte`: the 256 bytes.
  case byte
  /// `text8`: the official text8 vocabulary.
  case text8
  /// `dna`: the official vocabulary of bases.
  case dna
  /// A `tokenizer.json` or a directory with one.
  case file(String)

  private static let key = "data.tokenizer_name_or_path"

  /// Reads a name or a path.
  ///
  /// - Parameter nameOrPath: `char`, `byte`, `text8`, `dna`, or the path of what exists.
  /// - Throws: ``InputError`` where it is neither.
  public init(_ nameOrPath: String) throws(InputError) {
    switch nameOrPath {
    case "char": self = .character
    case "byte": self = .byte
    case "text8": self = .text8
    case "dna": self = .dna
    case _ where FileSystem.exists(nameOrPath): self = .file(nameOrPath)
    default:
      let isPath = nameOrPath.contains("/") || nameOrPath.hasSuffix(".json")
      let found =
        isPath
        ? "the path '\(nameOrPath)', where there is nothing"
        : "'\(nameOrPath)', which is neither a tokenizer's name nor a path that exists"
      throw InputError(
        isPath ? .missingInput : .badConfiguration, Self.key, found: found,
        expected: "char, byte, text8, dna, a tokenizer.json or a directory with one",
        remedy: "Name one of these tokenizers, or correct the path")
    }
  }

  /// Makes the tokenizer.
  ///
  /// - Parameters:
  ///   - specials: The tokens that packing needs.
  ///   - corpus: The text that a character vocabulary is built from.
  /// - Returns: A tokenizer that has these tokens, but for files, which have those that they have.
  /// - Throws: ``InputError`` where a file cannot be used or the corpus is empty.
  public func makeTokenizer(
    specials: Set<SpecialToken>, corpus: some Collection<SourceText>
  ) throws(InputError) -> any Tokenizer {
    switch self {
    case .character: return try CharacterTokenizer(text: corpus, specials: specials)
    case .byte: return ByteTokenizer(specials: specials)
    case .text8: return Text8Tokenizer()
    case .dna: return DNATokenizer()
    case .file(let path): return try TokenizerFile.load(path: path)
    }
  }
}
