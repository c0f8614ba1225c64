/// A token that stands in text by its name, as `added_tokens` of a `tokenizer.json` describes it.
struct AddedToken: Sendable, Equatable {
  var id: Int32
  /// The name in UTF-8.
  var content: [UInt8]
  /// Whether the name counts only where no letter or digit touches it.
  var isSingleWord = false
  /// Whether white space in front of the name belongs to it.
  var stripsLeft = false
  /// Whether white space behind the name belongs to it.
  var stripsRight = false
  /// Whether the name is sought in normalized text.
  var isNormalized = false
  /// Whether the token is left out of decoded text.
  var isSpecial = true

  var name: String { String(decoding: content, as: UTF8.self) }

  /// A special token.
  static func special(_ name: String, id: Int32) -> AddedToken {
    AddedToken(id: id, content: Array(name.utf8))
  }
}

// MARK: - JSON

extension AddedToken {
  var json: JSONValue {
    [
      "id": .number(id), "content": .string(name), "single_word": .boolean(isSingleWord),
      "lstrip": .boolean(stripsLeft), "rstrip": .boolean(stripsRight),
      "normalized": .boolean(isNormalized), "special": .boolean(isSpecial),
    ]
  }

  init(_ json: JSONValue, at key: String, in path: String) throws(InputError) {
    guard let id = json["id"]?.integer(Int32.self), id >= 0, id < Int32.max else {
      throw Self.damaged("\(key).id is \(json["id"]?.summary ?? "missing")", "a token id", path)
    }
    guard let name = json["content"]?.string, !name.isEmpty else {
      throw Self.damaged(
        "\(key).content is \(json["content"]?.summary ?? "missing")", "the token's name", path)
    }
    self.id = id
    content = Array(name.utf8)
    isSpecial = try Self.flag("special", of: json, default: false, key, path)
    isSingleWord = try Self.flag("single_word", of: json, default: false, key, path)
    stripsLeft = try Self.flag("lstrip", of: json, default: false, key, path)
    stripsRight = try Self.flag("rstrip", of: json, default: false, key, path)
    isNormalized = try Self.flag("normalized", of: json, default: !isSpecial, key, path)
  }

  private static func flag(
    _ name: String, of json: JSONValue, default value: Bool, _ key: String, _ path: String
  ) throws(InputError) -> Bool {
    guard let member = json[name] else { return value }
    guard let flag = member.boolean else {
      throw damaged("\(key).\(name) is \(member.summary)", "true or false", path)
    }
    return flag
  }

  fileprivate static func damaged(
    _ found: String, _ expected: String, _ path: String
  ) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Repair the file, or fetch it again from where the tokenizer came from")
  }
}

extension AddedTokens {
  /// The value of `added_tokens`.
  var json: JSONValue { .array(tokens.map(\.json)) }

  /// Reads the value of `added_tokens`.
  ///
  /// - Parameters:
  ///   - json: The list, or nil or null for none.
  ///   - path: The file in errors.
  ///   - normalize: The tokenizer's normalizer, or nil where it changes nothing.
  /// - Throws: ``InputError`` where it is no list of tokens with distinct names and ids.
  init(
    _ json: JSONValue?, in path: String, normalize: Normalization? = nil
  ) throws(InputError) {
    var tokens: [AddedToken] = []
    switch json ?? .null {
    case .null: break
    case .array(let elements):
      var ids: Set<Int32> = []
      var names: Set<[UInt8]> = []
      for (index, element) in elements.enumerated() {
        let token = try AddedToken(element, at: "added_tokens[\(index)]", in: path)
        guard ids.insert(token.id).inserted, names.insert(token.content).inserted else {
          throw AddedToken.damaged(
            "the added token \(JSONValue.quoted(token.name)) with id \(token.id), where its name "
              + "or its id is taken", "added tokens of distinct names and ids", path)
        }
        tokens.append(token)
      }
    case let other:
      throw AddedToken.damaged("added_tokens is \(other.summary)", "a list of tokens", path)
    }
    self.init(tokens, normalize: normalize)
  }
}
