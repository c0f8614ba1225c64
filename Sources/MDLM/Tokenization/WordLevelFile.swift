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

    var normalizer: String { self == .text8 ? #"{"type":"Lowercase"}"# : "null" }

    var preTokenizer: String {
      // `.` would leave newlines together.
      let split = #"""
        {"type":"Split","pattern":{"Regex":"[\\s\\S]"},"behavior":"Isolated","invert":false}
        """#
      guard self == .bytes else { return split }
      return #"{"type":"Sequence","pretokenizers":[\#(Self.byteLevel),\#(split)]}"#
    }

    var decoder: String { self == .bytes ? Self.byteLevel : #"{"type":"Fuse"}"# }

    /// Maps bytes to letters and back, without a space in front and without splitting words.
    private static let byteLevel =
      #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}"#
  }

  /// The name that a file must give for unknown words; the model fails where it has no such word.
  static let unknownName = "[UNK]"

  let layout: Layout
  let text: [(token: String, id: Int32)]
  let specials: [(name: String, id: Int32)]

  func json() -> String {
    let added = specials.map { name, id in
      #"    {"id":\#(id),"content":\#(Self.quoted(name)),"single_word":false,"lstrip":false,"#
        + #""rstrip":false,"normalized":false,"special":true}"#
    }
    let vocabulary = (text.map { ($0.token, $0.id) } + specials.map { ($0.name, $0.id) })
      .sorted { $0.1 < $1.1 }
      .map { "      \(Self.quoted($0.0)): \($0.1)" }
    return """
      {
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [
      \(added.joined(separator: ",\n"))
        ],
        "normalizer": \(layout.normalizer),
        "pre_tokenizer": \(layout.preTokenizer),
        "post_processor": null,
        "decoder": \(layout.decoder),
        "model": {
          "type": "WordLevel",
          "vocab": {
      \(vocabulary.joined(separator: ",\n"))
          },
          "unk_token": \(Self.quoted(Self.unknownName))
        }
      }

      """
  }

  /// `text` as a JSON string.
  private static func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}
