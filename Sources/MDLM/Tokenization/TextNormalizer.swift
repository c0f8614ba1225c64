/// What a tokenizer does to text before it looks for words: the `normalizer` of a `tokenizer.json`.
///
/// The results are those of Hugging Face `tokenizers`.
indirect enum TextNormalizer: Sendable, Equatable {
  case none
  case form(NormalizationForm)
  case lowercase
  /// Drops marks, without decomposing characters first.
  case stripAccents
  case bert(BertNormalizer)
  case sequence([TextNormalizer])

  /// Whether every text stays as it is.
  var isIdentity: Bool {
    switch self {
    case .none: true
    case .sequence(let parts): parts.allSatisfy(\.isIdentity)
    default: false
    }
  }

  /// Whether what a character becomes does not depend on those around it, save for the order of
  /// marks.
  var isCharacterwise: Bool {
    switch self {
    case .none, .lowercase, .stripAccents, .bert: true
    case .form: false
    case .sequence(let parts): parts.allSatisfy(\.isCharacterwise)
    }
  }

  /// Returns the normalized text; bytes that are no UTF-8 become U+FFFD first.
  func normalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard !isIdentity else { return Array(bytes) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for scalar in normalized(Self.scalars(of: bytes)) {
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    return result
  }

  /// The scalars of `bytes`, with U+FFFD for what is no UTF-8.
  private static func scalars(of bytes: ArraySlice<UInt8>) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(bytes.count)
    var decoder = ScalarDecoder(bytes)
    while let scalar = try? decoder.next() { scalars.append(scalar) }
    guard decoder.index < bytes.endIndex else { return scalars }
    return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
  }

  func normalized(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    switch self {
    case .none: return text
    case .form(let form): return form.applied(to: text)
    case .lowercase:
      var result: [Unicode.Scalar] = []
      for scalar in text { Self.appendLowerCase(of: scalar, to: &result) }
      return result
    case .stripAccents: return text.filter { $0.isASCII || !$0.isMark }
    case .bert(let normalizer): return normalizer.normalized(text)
    case .sequence(let parts): return parts.reduce(text) { $1.normalized($0) }
    }
  }

  /// Appends the lower case of one character, which may be several; the context does not count.
  static func appendLowerCase(of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
    switch scalar {
    case "A"..."Z": text.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
    case "\0"..."\u{7F}": text.append(scalar)
    case _ where scalar.properties.changesWhenLowercased:
      text.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    default: text.append(scalar)
    }
  }
}

// MARK: - JSON

extension TextNormalizer {
  /// More steps than any tokenizer has: every text and every added token goes through all of them.
  private static let stepLimit = 64

  private var stepCount: Int {
    if case .sequence(let parts) = self { parts.reduce(1) { $0 + $1.stepCount } } else { 1 }
  }

  private static let supported =
    "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer or a Sequence of these"

  /// Reads the value of `normalizer`.
  ///
  /// - Parameters:
  ///   - json: The value; null is ``none``.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where the value is of another kind or damaged.
  init(_ json: JSONValue, in path: String) throws(InputError) {
    switch json["type"]?.string {
    case nil where json == .null: self = .none
    case "Lowercase": self = .lowercase
    case "StripAccents": self = .stripAccents
    case "BertNormalizer": self = .bert(try BertNormalizer(json, in: path))
    case "Sequence":
      guard case .array(let elements) = json["normalizers"] else {
        throw Self.damaged(json, "normalizers", "a list", path)
      }
      var parts: [TextNormalizer] = []
      for element in elements { parts.append(try TextNormalizer(element, in: path)) }
      self = .sequence(parts)
      guard stepCount <= Self.stepLimit else {
        throw InputError(
          .badData, path, found: "a normalizer of \(stepCount) steps",
          expected: "at most \(Self.stepLimit)", remedy: "Use a tokenizer with fewer of them")
      }
    case let type:
      guard let form = type.flatMap(NormalizationForm.init) else {
        throw InputError(
          .badData, path, found: "the normalizer \(type.map { "'\($0)'" } ?? json.summary)",
          expected: Self.supported, remedy: "Use a tokenizer with one of these normalizers")
      }
      self = .form(form)
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .form(let form): ["type": .string(form.rawValue)]
    case .lowercase: ["type": "Lowercase"]
    case .stripAccents: ["type": "StripAccents"]
    case .bert(let normalizer): normalizer.json
    case .sequence(let parts):
      ["type": "Sequence", "normalizers": .array(parts.map(\.json))]
    }
  }

  fileprivate static func damaged(
    _ json: JSONValue, _ key: String, _ expected: String, _ path: String
  ) -> InputError {
    InputError(
      .badData, path, found: "normalizer.\(key) is \(json[key]?.summary ?? "missing")",
      expected: expected,
      remedy: "Repair the file, or fetch it again from where the tokenizer came from")
  }
}

extension BertNormalizer {
  var json: JSONValue {
    [
      "type": "BertNormalizer", "clean_text": .boolean(cleansText),
      "handle_chinese_chars": .boolean(separatesIdeographs),
      "strip_accents": stripsAccents.map { .boolean($0) } ?? .null,
      "lowercase": .boolean(lowerCases),
    ]
  }

  fileprivate init(_ json: JSONValue, in path: String) throws(InputError) {
    cleansText = try Self.flag("clean_text", of: json, in: path)
    separatesIdeographs = try Self.flag("handle_chinese_chars", of: json, in: path)
    lowerCases = try Self.flag("lowercase", of: json, in: path)
    let followsCase = (json["strip_accents"] ?? .null) == .null
    stripsAccents = followsCase ? nil : try Self.flag("strip_accents", of: json, in: path)
  }

  private static func flag(
    _ key: String, of json: JSONValue, in path: String
  ) throws(InputError) -> Bool {
    guard let value = json[key]?.boolean else {
      throw TextNormalizer.damaged(json, key, "true or false", path)
    }
    return value
  }
}
