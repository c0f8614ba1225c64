/// Reads the files that tokenizers come in.
public enum TokenizerFile {
  /// The name of the file in a model directory.
  public static let name = "tokenizer.json"

  /// Reads a tokenizer.
  ///
  /// Read are `tokenizer.json` (the character, byte, text8 and DNA tokenizers that
  /// ``Tokenizer/tokenizerJSON()`` describes, the byte-level BPE and the WordPiece family), GPT-2's
  /// pair of `vocab.json` and `merges.txt`, BERT's `vocab.txt`, and tiktoken's files under their
  /// published names.
  ///
  /// - Parameter path: One of these files, or a directory with one, sought in this order.
  /// - Returns: The tokenizer.
  /// - Throws: ``InputError`` where the file cannot be read, is damaged, or describes another
  ///   tokenizer.
  public static func load(path: String) throws(InputError) -> any Tokenizer {
    let path = FileSystem.isDirectory(path) ? try file(in: path) : path
    let (folder, name) = FileSystem.split(path)
    switch name {
    case GPT2Files.vocabulary, GPT2Files.merges: return try GPT2Files.tokenizer(in: folder)
    case wordPieces:
      let bytes = try InputFile.contents(of: path)
      return try WordPieceTokenizer(vocabularyText: bytes[...], name: path)
    case _ where name.hasSuffix(TiktokenFile.suffix): return try TiktokenFile.tokenizer(path: path)
    default:
      let bytes = try InputFile.contents(of: path)
      return try tokenizer(described: JSONValue(parsing: bytes[...], name: path), in: path)
    }
  }

  private static let wordPieces = "vocab.txt"

  /// The file of the directory that describes its tokenizer.
  private static func file(in directory: String) throws(InputError) -> String {
    func has(_ name: String) -> Bool { FileSystem.exists("\(directory)/\(name)") }
    if has(name) { return "\(directory)/\(name)" }
    if has(GPT2Files.vocabulary), has(GPT2Files.merges) {
      return "\(directory)/\(GPT2Files.vocabulary)"
    }
    if has(wordPieces) { return "\(directory)/\(wordPieces)" }
    let tiktoken = FileSystem.names(in: directory).filter { $0.hasSuffix(TiktokenFile.suffix) }
    if tiktoken.count == 1 { return "\(directory)/\(tiktoken[0])" }
    throw InputError(
      .missingInput, directory,
      found: tiktoken.isEmpty
        ? "no tokenizer in the directory" : "\(tiktoken.count) \(TiktokenFile.suffix) files",
      expected: "\(name), \(GPT2Files.vocabulary) with \(GPT2Files.merges), \(wordPieces) or one "
        + "\(TiktokenFile.suffix) file",
      remedy: "Name the directory or the file that has the tokenizer")
  }

  private static func tokenizer(
    described file: JSONValue, in path: String
  ) throws(InputError) -> any Tokenizer {
    guard let model = file["model"] else { throw unsupported("no key 'model'", in: path) }
    // Files from before types were written hold a BPE model with merges.
    let implied: JSONValue? = model["merges"] == nil ? nil : "BPE"
    guard let value = model["type"] ?? implied else {
      throw unsupported("a model without a type", in: path)
    }
    guard let type = value.string else {
      throw unsupported("the model type \(value.summary)", in: path)
    }
    switch type {
    case "WordLevel": return try WordLevelFile.tokenizer(described: file, in: path)
    case "BPE": return try ByteLevelBPETokenizer(json: file, in: path)
    case "WordPiece": return try WordPieceTokenizer(json: file, in: path)
    default: throw unsupported("model type '\(type)'", in: path)
    }
  }

  private static func unsupported(_ found: String, in path: String) -> InputError {
    InputError(
      .badData, path, found: found,
      expected: "a byte-level BPE, a WordPiece, or a tokenizer of characters, bytes, text8 or DNA "
        + "that mdlm wrote",
      remedy: "Use another tokenizer, or give text that is tokenized already as .bin shards")
  }
}
