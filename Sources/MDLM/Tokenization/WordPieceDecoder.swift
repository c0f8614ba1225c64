/// Joins word pieces to text: the WordPiece `decoder` of a `tokenizer.json`.
struct WordPieceDecoder: Sendable, Equatable {
  /// What the name of a piece that continues a word begins with.
  var prefix: [UInt8]
  /// Whether the space in front of punctuation and contractions is dropped.
  var cleansUp: Bool

  static let bert = WordPieceDecoder(prefix: Array("##".utf8), cleansUp: true)

  /// The text that a token adds; each one is cleaned up by itself.
  func decoded(_ name: [UInt8], isFirst: Bool) -> [UInt8] {
    var text = name
    if !isFirst {
      if !prefix.isEmpty, name.starts(with: prefix) {
        text.removeFirst(prefix.count)
      } else if !prefix.isEmpty {
        text.insert(0x20, at: 0)
      }
    }
    // All that is replaced has a space, which few tokens but those with one in front have.
    guard cleansUp, text.contains(0x20) else { return text }
    return Self.replacements.reduce(text) { $0.replacing($1.old.utf8, with: $1.new.utf8) }
  }

  private static let replacements: [(old: String, new: String)] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]
}

// MARK: - JSON

extension WordPieceDecoder {
  /// Reads the value of `decoder`, which must be of the type WordPiece.
  init(_ json: JSONValue, in path: String) throws(InputError) {
    guard json["type"]?.string == "WordPiece" else {
      throw InputError(
        .badData, path,
        found: "the decoder \(json["type"]?.string.map { "'\($0)'" } ?? json.summary)",
        expected: "WordPiece or none", remedy: "Use a tokenizer with this decoder")
    }
    guard let prefix = json["prefix"]?.string, let cleansUp = json["cleanup"]?.boolean else {
      throw InputError(
        .badData, path, found: "a decoder without prefix or cleanup",
        expected: "both, a text and true or false",
        remedy: "Repair the file, or fetch it again from where the tokenizer came from")
    }
    self.init(prefix: Array(prefix.utf8), cleansUp: cleansUp)
  }

  var json: JSONValue {
    [
      "type": "WordPiece", "prefix": .string(String(decoding: prefix, as: UTF8.self)),
      "cleanup": .boolean(cleansUp),
    ]
  }
}
