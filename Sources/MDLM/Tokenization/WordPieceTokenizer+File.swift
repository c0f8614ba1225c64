// MARK: vocab.txt

extension WordPieceTokenizer {
  /// Reads a `vocab.txt`, one piece a line, with the rules of `bert-base-uncased`.
  ///
  /// - Parameters:
  ///   - text: The content of the file; a line's number, from 0, is the id of its piece, and empty
  ///     lines leave theirs unused.
  ///   - name: The file in errors.
  /// - Throws: ``InputError`` where the text is malformed, a piece is there twice, or [UNK] is
  ///   missing.
  public init(vocabularyText text: ArraySlice<UInt8>, name: String) throws(InputError) {
    try SourceText(text, name: name).forEachScalar { (_, _) throws(InputError) in }
    var pieces: [(name: [UInt8], id: Int32)] = []
    var lines: [[UInt8]: Int] = [:]
    let content = text.starts(with: SourceText.byteOrderMark) ? text.dropFirst(3) : text
    for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      let piece = Self.withoutBlanksAtEnd(line)
      if piece.isEmpty { continue }
      if let first = lines.updateValue(index + 1, forKey: piece) {
        throw InputError(
          .badData, "\(name):\(index + 1)", found: "the piece of line \(first) again",
          expected: "each piece once", remedy: "Fetch the vocabulary again")
      }
      pieces.append((piece, Int32(index)))
    }
    let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { special in
      lines[Array(special.utf8)].map { AddedToken.special(special, id: Int32($0 - 1)) }
    }
    guard let unknown = specials.first(where: { $0.name == "[UNK]" }) else {
      throw Self.damaged("no [UNK]", "the pieces of a WordPiece vocabulary, one a line", name)
    }
    var postProcessor = PostProcessor.none
    if let begin = specials.first(where: { $0.name == "[CLS]" }),
      let end = specials.first(where: { $0.name == "[SEP]" })
    {
      postProcessor = .bert(begin: begin, end: end)
    }
    let encoder = WordPieceEncoder(
      vocabulary: WordPieceVocabulary(pieces, prefix: Array("##".utf8)),
      normalizer: .bert(.uncased), splitter: .bert, unknownID: unknown.id, longestWord: 100)
    self.init(
      encoder: encoder, pieces: pieces, addedTokens: AddedTokens(specials),
      postProcessor: postProcessor, decoder: .bert)
  }

  private static func withoutBlanksAtEnd(_ line: ArraySlice<UInt8>) -> [UInt8] {
    if let last = line.last, 0x21...0x7E ~= last { return Array(line) }
    var scalars = String(decoding: line, as: UTF8.self).unicodeScalars
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return Array(String(scalars).utf8)
  }
}

// MARK: - tokenizer.json

extension WordPieceTokenizer {
  /// Reads a `tokenizer.json` whose model is a WordPiece.
  ///
  /// Its `truncation` and `padding` are left aside: how long rows are is for packing to say.
  ///
  /// - Parameters:
  ///   - json: The content of the file.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` that names what is damaged or of a kind that is not supported.
  init(json: JSONValue, in path: String) throws(InputError) {
    let model = json["model"] ?? .null
    let pieces = try Self.pieces(of: model, in: path)
    let prefix = try Self.text("continuing_subword_prefix", of: model, in: path)
    let vocabulary = WordPieceVocabulary(pieces, prefix: Array(prefix.utf8))
    let unknown = try Self.text("unk_token", of: model, in: path)
    guard let unknownID = vocabulary.id(of: Array(unknown.utf8)) else {
      throw Self.damaged(
        "the unk_token \(JSONValue.quoted(unknown)), which is not in the vocabulary",
        "one of its tokens", path)
    }
    guard let longest = model["max_input_chars_per_word"]?.integer(Int.self),
      0...Self.longestWordLimit ~= longest
    else {
      throw Self.damaged(
        "model.max_input_chars_per_word is "
          + (model["max_input_chars_per_word"]?.summary ?? "missing"),
        "a number up to \(Self.longestWordLimit)", path)
    }
    let normalizer = try TextNormalizer(json["normalizer"] ?? .null, in: path)
    let encoder = WordPieceEncoder(
      vocabulary: vocabulary, normalizer: normalizer,
      splitter: try WordPieceSplitter(json["pre_tokenizer"] ?? .null, in: path),
      unknownID: unknownID, longestWord: longest)
    let added = try AddedTokens(json["added_tokens"], in: path, normalize: normalizer.normalized)
    try Self.check(added, against: pieces, vocabulary, in: path)
    let idCount = 1 + Int((pieces.map(\.id) + added.tokens.map(\.id)).max() ?? -1)
    let decoder = json["decoder"] ?? .null
    self.init(
      encoder: encoder, pieces: pieces, addedTokens: added,
      postProcessor: try PostProcessor(json["post_processor"], idCount: idCount, in: path),
      decoder: decoder == .null ? nil : try WordPieceDecoder(decoder, in: path))
  }

  /// The largest number of characters of a word that is cut into pieces: a word of n may take n².
  private static let longestWordLimit = 10_000

  private static func pieces(
    of model: JSONValue, in path: String
  ) throws(InputError) -> [(name: [UInt8], id: Int32)] {
    guard case .object(let members) = model["vocab"] else {
      throw damaged(
        "model.vocab is \(model["vocab"]?.summary ?? "missing")", "an object of ids", path)
    }
    let limit = VocabularyReader.idLimit(ofTokens: members.count)
    var pieces: [(name: [UInt8], id: Int32)] = []
    for member in members {
      guard let id = member.value.integer(Int32.self), 0..<limit ~= id else {
        throw damaged(
          "model.vocab[\(JSONValue.quoted(member.key))] is \(member.value.summary)",
          "a token id below \(limit)", path)
      }
      pieces.append((Array(member.key.utf8), id))
    }
    pieces.sort { $0.id < $1.id }
    for (first, second) in zip(pieces, pieces.dropFirst()) where first.id == second.id {
      throw damaged(
        "the id \(first.id) for both \(quoted(first.name)) and \(quoted(second.name))",
        "each id once", path)
    }
    return pieces
  }

  /// Checks that added tokens have the ids that they have as pieces, or free ones.
  private static func check(
    _ added: AddedTokens, against pieces: [(name: [UInt8], id: Int32)],
    _ vocabulary: WordPieceVocabulary, in path: String
  ) throws(InputError) {
    let taken = Set(pieces.map(\.id))
    let limit = VocabularyReader.idLimit(ofTokens: pieces.count)
    for token in added.tokens {
      let id = vocabulary.id(of: token.content) ?? (taken.contains(token.id) ? -1 : token.id)
      guard id == token.id, id < limit else {
        throw damaged(
          "the added token \(quoted(token.content)) with id \(token.id)",
          "the id it has in the vocabulary, or one below \(limit) that is free", path)
      }
    }
  }

  private static func text(
    _ key: String, of model: JSONValue, in path: String
  ) throws(InputError) -> String {
    guard let text = model[key]?.string else {
      throw damaged("model.\(key) is \(model[key]?.summary ?? "missing")", "a text", path)
    }
    return text
  }

  private static func quoted(_ name: [UInt8]) -> String {
    JSONValue.quoted(String(decoding: name, as: UTF8.self))
  }

  private static func damaged(
    _ found: String, _ expected: String, _ path: String
  ) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Repair the file, or fetch it again from where the tokenizer came from")
  }

  /// Added tokens that must stand in the vocabulary to keep their ids: Hugging Face `tokenizers`
  /// numbers those that are not in it anew, from its size on.
  private var addedPieces: [(name: [UInt8], id: Int32)] {
    let known = Set(pieces.map(\.id))
    let added = addedTokens.tokens.filter { !known.contains($0.id) }
    let isInOrder = added.enumerated().allSatisfy { Int($1.id) == pieces.count + $0 }
    return isInOrder ? [] : added.map { ($0.content, $0.id) }
  }

  public func tokenizerJSON() -> String {
    let vocabulary = (pieces + addedPieces).map { piece in
      JSONMember(key: String(decoding: piece.name, as: UTF8.self), value: .number(piece.id))
    }
    let file: JSONValue = [
      "version": "1.0",
      "truncation": .null,
      "padding": .null,
      "added_tokens": addedTokens.json,
      "normalizer": encoder.normalizer.json,
      "pre_tokenizer": encoder.splitter.json,
      "post_processor": postProcessor.json,
      "decoder": decoder?.json ?? .null,
      "model": [
        "type": "WordPiece",
        "unk_token": .string(name(of: encoder.unknownID)),
        "continuing_subword_prefix": .string(
          String(decoding: encoder.vocabulary.prefix, as: UTF8.self)),
        "max_input_chars_per_word": .number(encoder.longestWord),
        "vocab": .object(vocabulary),
      ],
    ]
    return file.document()
  }
}
