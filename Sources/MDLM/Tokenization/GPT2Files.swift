/// The pair of files that GPT-2 came in: `vocab.json`, ids by tokens, and `merges.txt`, two tokens
/// in a line.
enum GPT2Files {
  static let vocabulary = "vocab.json"
  static let merges = "merges.txt"

  /// The special tokens of published tokenizers in this form.
  ///
  /// Those in the vocabulary are added tokens. RoBERTa's mask takes the white space in front of it.
  private static let specialNames = [
    "<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>", "[BOS]", "[EOS]", "[PAD]", "[MASK]",
  ]

  /// Reads the two files in `folder`.
  static func tokenizer(in folder: String) throws(InputError) -> ByteLevelBPETokenizer {
    let path = "\(folder)/\(vocabulary)"
    let bytes = try InputFile.contents(of: path)
    let json = try JSONValue(parsing: bytes[...], name: path)
    let reader = try VocabularyReader(json, key: "the vocabulary", in: path)
    var added: [AddedToken] = []
    for name in specialNames {
      guard let id = reader.id(of: Array(name.utf8)[...]) else { continue }
      var token = AddedToken.special(name, id: id)
      token.stripsLeft = name == "<mask>"
      added.append(token)
    }
    let addedTokens = AddedTokens(added)
    return ByteLevelBPETokenizer(
      tokens: try reader.vocabulary(with: addedTokens),
      merges: try readMerges("\(folder)/\(merges)", reader), addedTokens: addedTokens,
      normalizer: try TextNormalizer(.null, in: path), preTokenizer: PreTokenizer(.gpt2),
      postProcessor: .none, ignoresMerges: false)
  }

  private static func readMerges(
    _ path: String, _ reader: VocabularyReader
  ) throws(InputError) -> [MergeTable.Merge] {
    var merges: [MergeTable.Merge] = []
    var places: [String] = []
    for (number, line) in try SourceText.lines(of: path).enumerated() {
      if line.bytes.isEmpty || line.bytes.starts(with: "#version".utf8) { continue }
      let place = "\(path):\(number + 1)"
      let parts = line.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw InputError(
          .badData, place,
          found: JSONValue.quoted(String(decoding: line.bytes.prefix(60), as: UTF8.self)),
          expected: "two tokens with a space between them",
          remedy: "Repair the line, or fetch the file again")
      }
      merges.append(try reader.merge(parts[0], parts[1], at: place))
      places.append(place)
    }
    return try reader.distinct(merges) { places[$0] }
  }
}
