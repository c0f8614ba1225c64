// MARK: - Reading

extension ByteLevelBPETokenizer {
  /// Reads a `tokenizer.json` with a model of type BPE.
  ///
  /// What the file says of truncation and padding has no effect: rows are cut by whoever packs.
  ///
  /// - Parameters:
  ///   - json: The file.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where the file is damaged or describes a BPE of another family.
  init(json: JSONValue, in path: String) throws(InputError) {
    let model = json["model"] ?? .null
    try Self.checkSettings(of: model, in: path)
    let normalizer = try TextNormalizer(json["normalizer"] ?? .null, in: path)
    let preTokenizer = try PreTokenizer(json["pre_tokenizer"], in: path)
    guard json["decoder"]?["type"]?.string == "ByteLevel" else {
      let decoder = json["decoder"] ?? .null
      throw Self.unsupported(
        "decoder \(decoder["type"]?.string.map { "'\($0)'" } ?? decoder.summary)",
        "ByteLevel", path)
    }
    let addedTokens = try AddedTokens(
      json["added_tokens"], in: path,
      normalize: normalizer.normalization)
    let reader = try VocabularyReader(model["vocab"], key: "model.vocab", in: path)
    let tokens = try reader.vocabulary(with: addedTokens)
    self.init(
      tokens: tokens, merges: try Self.merges(model["merges"], reader, path),
      addedTokens: addedTokens, normalizer: normalizer, preTokenizer: preTokenizer,
      postProcessor: try PostProcessor(
        json["post_processor"], idCount: tokens.count, in: path),
      ignoresMerges: model["ignore_merges"]?.boolean ?? false)
  }

  /// Refuses what the byte-level family does not have.
  private static func checkSettings(of model: JSONValue, in path: String) throws(InputError) {
    let settings: [(key: String, neutral: [JSONValue])] = [
      ("dropout", [.null, .number("0"), .number("0.0")]),
      ("unk_token", [.null, ""]),
      ("continuing_subword_prefix", [.null, ""]),
      ("end_of_word_suffix", [.null, ""]),
      ("byte_fallback", [.null, false]),
      ("ignore_merges", [.null, false, true]),
    ]
    for (key, neutral) in settings {
      guard let value = model[key], !neutral.contains(value) else { continue }
      throw unsupported(
        "model.\(key) \(value.summary)",
        "a byte-level BPE, which has no dropout, no unknown token, no prefix, no suffix and no "
          + "byte fallback", path)
    }
  }

  /// Reads merges: `"a b"` or `["a", "b"]` each.
  private static func merges(
    _ json: JSONValue?, _ reader: VocabularyReader, _ path: String
  ) throws(InputError) -> [MergeTable.Merge] {
    guard case .array(let elements) = json else {
      throw VocabularyReader.damaged(
        "model.merges is \(json?.summary ?? "missing")", "a list of pairs", path)
    }
    var merges: [MergeTable.Merge] = []
    merges.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      var parts: [ArraySlice<UInt8>] = []
      if case .array(let pair) = element {
        let names = pair.compactMap(\.string)
        if names.count == pair.count { parts = names.map { Array($0.utf8)[...] } }
      } else if let text = element.string {
        parts = Array(text.utf8).split(
          separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      }
      guard parts.count == 2 else {
        throw VocabularyReader.damaged(
          "model.merges[\(index)] is \(element.summary)", "two tokens", path)
      }
      merges.append(try reader.merge(parts[0], parts[1], at: "\(path): model.merges[\(index)]"))
    }
    return try reader.distinct(merges) { "\(path): model.merges[\($0)]" }
  }

  private static func unsupported(
    _ found: String, _ expected: String, _ path: String
  ) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Use a tokenizer of the byte-level BPE family, such as GPT-2's")
  }
}

// MARK: - Writing

extension ByteLevelBPETokenizer {
  public func tokenizerJSON() -> String {
    let file: JSONValue = [
      "version": "1.0",
      "truncation": .null,
      "padding": .null,
      "added_tokens": addedTokens.json,
      "normalizer": normalizer.json,
      "pre_tokenizer": preTokenizer.json,
      "post_processor": postProcessor.json,
      "decoder": [
        "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
      ],
      "model": [
        "type": "BPE",
        "dropout": .null,
        "unk_token": .null,
        "continuing_subword_prefix": .null,
        "end_of_word_suffix": .null,
        "fuse_unk": false,
        "byte_fallback": false,
        "ignore_merges": .boolean(ignoresMerges),
        "vocab": .object(vocabularyMembers),
        "merges": .array(mergePairs),
      ],
    ]
    return file.document()
  }

  /// All tokens, added ones included: Hugging Face `tokenizers` numbers those that are not in the
  /// model anew, without holes.
  private var vocabularyMembers: [JSONMember] {
    (0..<Int32(tokens.count)).compactMap { id in
      tokens.name(of: id).map { JSONMember(key: $0, value: .number(id)) }
    }
  }

  private var mergePairs: [JSONValue] {
    merges.map { merge in
      .array([merge.left, merge.right].map { .string(tokens.name(of: $0) ?? "") })
    }
  }
}
