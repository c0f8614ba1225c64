/// The `tokenizer.json` of a vocabulary whose words are single characters.
///
/// Hugging Face `tokenizers` has no character model; a WordLevel model behind a pre-tokenizer that
/// isolates every character, newlines included, is one.
struct WordLevelFile {
  /// What happens to text before and after the model: the parts of the file that ids depend on.
  enum Layout: CaseIterable {
    case characters
    case bytes
    case text8
    case dna

    var normalizer: JSONValue {
      switch self {
      case .characters, .bytes: .null
      case .text8: ["type": "Lowercase"]
      case .dna: ["type": "Sequence", "normalizers": .array(Self.upperCasedBases)]
      }
    }

    /// Replaces the bases alone: the library has no normalizer for upper case.
    private static let upperCasedBases: [JSONValue] = DNATokenizer.bases.map { base in
      [
        "type": "Replace", "pattern": ["String": .string(base.properties.lowercaseMapping)],
        "content": .string(String(base)),
      ]
    }

    var preTokenizer: JSONValue {
      // `.` would leave newlines together.
      let split: JSONValue = [
        "type": "Split", "pattern": ["Regex": #"[\s\S]"#], "behavior": "Isolated", "invert": false,
      ]
      guard self == .bytes else { return split }
      return ["type": "Sequence", "pretokenizers": [Self.byteLevel, split]]
    }

    var decoder: JSONValue { self == .bytes ? Self.byteLevel : ["type": "Fuse"] }

    /// Maps bytes to letters and back, without a space in front and without splitting words.
    private static let byteLevel: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false,
    ]
  }

  /// The name that a file must give for unknown words; the model fails where it has no such word.
  static let unknownName = "[UNK]"

  let layout: Layout
  let text: [(token: String, id: Int32)]
  let specials: [(name: String, id: Int32)]

  func json() -> String {
    let added: [JSONValue] = specials.map { name, id in
      [
        "id": .number(id), "content": .string(name), "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true,
      ]
    }
    let vocabulary = (text.map { ($0.token, $0.id) } + specials.map { ($0.name, $0.id) })
      .sorted { $0.1 < $1.1 }
      .map { JSONMember(key: $0, value: .number($1)) }
    let file: JSONValue = [
      "version": "1.0",
      "truncation": .null,
      "padding": .null,
      "added_tokens": .array(added),
      "normalizer": layout.normalizer,
      "pre_tokenizer": layout.preTokenizer,
      "post_processor": .null,
      "decoder": layout.decoder,
      "model": [
        "type": "WordLevel",
        "vocab": .object(vocabulary),
        "unk_token": .string(Self.unknownName),
      ],
    ]
    return file.document()
  }
}
