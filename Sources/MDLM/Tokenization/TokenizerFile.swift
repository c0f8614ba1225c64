/// Reads the `tokenizer.json` of a tokenizer (Hugging Face format).
public enum TokenizerFile {
  /// The name of the file in a model directory.
  public static let name = "tokenizer.json"

  /// Reads a character, byte or text8 tokenizer, as ``Tokenizer/tokenizerJSON()`` describes them.
  ///
  /// - Parameter path: A `tokenizer.json`, or a directory with one.
  /// - Returns: The tokenizer.
  /// - Throws: ``InputError`` where the file cannot be read, is damaged, or describes another
  ///   tokenizer.
  public static func load(path: String) throws(InputError) -> any Tokenizer {
    let file = FileSystem.isDirectory(path) ? "\(path)/\(name)" : path
    let bytes = try InputFile.contents(of: file)
    return try tokenizer(described: JSONValue(parsing: bytes[...], name: file), in: file)
  }

  private static func tokenizer(
    described file: JSONValue, in path: String
  ) throws(InputError) -> any Tokenizer {
    guard let model = file["model"] else {
      throw unsupported("no key 'model'", in: path)
    }
    // Files from before types were written hold a BPE model with merges.
    let type = model["type"]?.string ?? (model["merges"] == nil ? "unknown" : "BPE")
    guard type == "WordLevel" else {
      throw unsupported("model type '\(type)', which is not supported yet", in: path)
    }
    let layout = try layout(of: file, in: path)
    let vocabulary = try vocabulary(of: model, in: path)
    let tokenizer: any Tokenizer =
      switch layout {
      case .text8: Text8Tokenizer()
      case .dna: DNATokenizer()
      case .bytes: ByteTokenizer(specials: specials(in: vocabulary))
      case .characters: try characterTokenizer(vocabulary, in: path)
      }
    try checkIDs(of: vocabulary, against: tokenizer, layout, in: path)
    return tokenizer
  }

  /// Recognizes what the file does to text besides looking it up.
  private static func layout(
    of file: JSONValue, in path: String
  ) throws(InputError) -> WordLevelFile.Layout {
    let layout = WordLevelFile.Layout.allCases.first { layout in
      (file["normalizer"] ?? .null) == layout.normalizer
        && file["pre_tokenizer"] == layout.preTokenizer && file["decoder"] == layout.decoder
    }
    if let layout { return layout }
    let parts = ["normalizer", "pre_tokenizer", "decoder"].map { key in
      "\(key) '\(file[key]?["type"]?.string ?? "none")'"
    }
    throw unsupported("a WordLevel model with \(parts.joined(separator: ", "))", in: path)
  }

  private static func vocabulary(
    of model: JSONValue, in path: String
  ) throws(InputError) -> [(token: String, id: Int32)] {
    guard case .object(let members) = model["vocab"] else {
      throw damaged(
        "model.vocab is \(model["vocab"]?.summary ?? "missing")", "an object of ids", in: path)
    }
    var vocabulary: [(token: String, id: Int32)] = []
    for member in members {
      guard let id = member.value.integer(Int32.self), id >= 0 else {
        throw damaged(
          "model.vocab[\"\(member.key)\"] is \(member.value.summary)", "a token id", in: path)
      }
      vocabulary.append((member.key, id))
    }
    return vocabulary.sorted { $0.id < $1.id }
  }

  private static func characterTokenizer(
    _ vocabulary: [(token: String, id: Int32)], in path: String
  ) throws(InputError) -> CharacterTokenizer {
    let names = Set(SpecialToken.allCases.map(\.rawValue) + [SpecialToken.maskName])
    var scalars: [Unicode.Scalar] = []
    for (token, _) in vocabulary where !names.contains(token) {
      guard token.unicodeScalars.count == 1, let scalar = token.unicodeScalars.first else {
        throw unsupported("a WordLevel model with the word \"\(token)\"", in: path)
      }
      scalars.append(scalar)
    }
    guard !scalars.isEmpty else {
      throw damaged("a vocabulary without characters", "at least one", in: path)
    }
    return CharacterTokenizer(scalars: scalars, specials: specials(in: vocabulary))
  }

  private static func specials(in vocabulary: [(token: String, id: Int32)]) -> Set<SpecialToken> {
    Set(vocabulary.compactMap { SpecialToken(rawValue: $0.token) })
  }

  /// Checks that the file gives every token the id that `tokenizer` gives it.
  private static func checkIDs(
    of vocabulary: [(token: String, id: Int32)], against tokenizer: any Tokenizer,
    _ layout: WordLevelFile.Layout, in path: String
  ) throws(InputError) {
    guard vocabulary.count == tokenizer.vocabularySize else {
      throw damaged(
        "\(vocabulary.count) tokens", "\(tokenizer.vocabularySize), the mask included", in: path)
    }
    for (expected, (token, id)) in vocabulary.enumerated() {
      let isByte = layout == .bytes && ByteTokenizer.letters.indices.contains(expected)
      let name = isByte ? String(ByteTokenizer.letters[expected]) : tokenizer.name(of: id)
      guard id == Int32(expected), token.unicodeScalars.elementsEqual(name.unicodeScalars) else {
        throw damaged(
          "\"\(token)\" with id \(id)",
          "\"\(tokenizer.name(of: Int32(expected)))\" with id \(expected)",
          in: path)
      }
    }
  }

  private static func unsupported(_ found: String, in path: String) -> InputError {
    InputError(
      .badData, path, found: found,
      expected: "a tokenizer of characters, bytes or text8 that mdlm wrote",
      remedy: "Use char, byte or text8, or give text that is tokenized already as .bin shards")
  }

  private static func damaged(_ found: String, _ expected: String, in path: String) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Restore the file from the checkpoint that it came with")
  }
}
