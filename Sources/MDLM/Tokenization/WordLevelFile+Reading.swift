// MARK: - Reading

extension WordLevelFile {
  /// Reads a `tokenizer.json` with a model of type WordLevel: a tokenizer of characters, bytes, text8
  /// or DNA.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - path: The file in errors.
  /// - Returns: The tokenizer that mdlm wrote it for.
  /// - Throws: ``InputError`` where mdlm would not have written it.
  static func tokenizer(
    described file: JSONValue, in path: String
  ) throws(InputError) -> any Tokenizer {
    guard let model = file["model"] else { throw unsupported("no key 'model'", in: path) }
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
  ) throws(InputError) -> Layout {
    let layout = Layout.allCases.first { layout in
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
    _ layout: Layout, in path: String
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
      expected: "a WordLevel model of characters, bytes or text8 that mdlm wrote",
      remedy: "Use char, byte, text8, or a byte-level BPE or WordPiece tokenizer")
  }

  private static func damaged(_ found: String, _ expected: String, in path: String) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Restore the file from the checkpoint that it came with")
  }
}
