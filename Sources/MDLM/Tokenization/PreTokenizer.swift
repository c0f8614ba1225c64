/// Splits text into the pieces that a byte-level BPE merges within: the `pre_tokenizer` of a file.
struct PreTokenizer: Sendable, Equatable {
  /// One step; each splits the pieces of the one before it.
  enum Stage: Sendable, Equatable {
    case pattern(SplitPattern)
    /// Isolates each digit, or else each run of them.
    case digits(individual: Bool)
    /// Puts a space in front of a piece that begins with none.
    case prefixSpace
  }

  let stages: [Stage]
  /// The value of `pre_tokenizer`.
  let json: JSONValue

  /// Splits at `pattern` alone.
  init(_ pattern: SplitPattern) {
    stages = [.pattern(pattern)]
    if pattern == .gpt2 {
      json = Self.byteLevel(usesPattern: true)
    } else {
      json = [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(pattern.regex)], "behavior": "Isolated",
            "invert": false,
          ],
          Self.byteLevel(usesPattern: false),
        ],
      ]
    }
  }

  private static func byteLevel(usesPattern: Bool) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
      "use_regex": .boolean(usesPattern),
    ]
  }
}

// MARK: - Splitting

extension PreTokenizer {
  /// Calls `body` with the pieces of `text`, which may hold any bytes, in their order.
  ///
  /// - Parameters:
  ///   - text: A text between added tokens, normalized.
  ///   - body: What to do with a piece; its bytes are there during the call only.
  @inline(__always)
  func forEachPiece(
    of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    // Nearly every tokenizer has one stage, and its scanner belongs into this loop.
    if stages.count == 1, case .pattern(let pattern) = stages[0] {
      let scanner = PieceScanner(text)
      var start = 0
      while start < text.count {
        let end = pattern.end(of: scanner, from: start)
        body(UnsafeBufferPointer(rebasing: text[start..<end]))
        start = end
      }
    } else {
      split(text, at: stages[...], body)
    }
  }

  private func split(
    _ text: UnsafeBufferPointer<UInt8>, at stages: ArraySlice<Stage>,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    guard let stage = stages.first else { return body(text) }
    let scanner = PieceScanner(text)
    var start = 0
    while start < text.count {
      let end: Int
      switch stage {
      case .pattern(let pattern): end = pattern.end(of: scanner, from: start)
      case .digits(let individual):
        let (kind, length) = scanner.character(at: start)
        let isDigit = kind.contains(.digit)
        end =
          isDigit && individual
          ? start + length : scanner.digitsEnd(from: start + length, ofDigits: isDigit)
      case .prefixSpace:
        guard text[0] != UInt8(ascii: " ") else { return split(text, at: stages.dropFirst(), body) }
        return ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer { spaced in
          split(spaced, at: stages.dropFirst(), body)
        }
      }
      split(UnsafeBufferPointer(rebasing: text[start..<end]), at: stages.dropFirst(), body)
      start = end
    }
  }
}

// MARK: - JSON

extension PreTokenizer {
  /// More steps than any tokenizer has; the call stack grows with them.
  private static let stageLimit = 64

  private static let supported =
    "ByteLevel, or a Sequence of Split (by the pattern of GPT-2, cl100k_base, Llama 3, Qwen 2 or "
    + "o200k_base) and Digits that ends in ByteLevel"

  /// Reads the value of `pre_tokenizer`.
  ///
  /// - Parameters:
  ///   - json: The value, or nil or null for none.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where it is of another kind or does not map bytes to letters.
  init(_ json: JSONValue?, in path: String) throws(InputError) {
    var parts: [JSONValue] = []
    if let json { Self.flatten(json, into: &parts) }
    var stages: [Stage] = []
    for (index, part) in parts.enumerated() {
      let type = part["type"]?.string
      // From ByteLevel on text is not what patterns expect; the model needs it at the end.
      let isLast = index == parts.count - 1
      switch type {
      case "ByteLevel" where isLast: stages += try Self.byteLevel(part, path)
      case "Split" where !isLast: stages.append(.pattern(try Self.pattern(part, path)))
      case "Digits" where !isLast:
        stages.append(.digits(individual: try Self.flag("individual_digits", part, false, path)))
      case "ByteLevel":
        throw Self.unsupported("ByteLevel before \(Self.name(parts[index + 1]))", path)
      case "Split", "Digits": throw Self.unsupported("\(Self.name(part)) without ByteLevel", path)
      default: throw Self.unsupported(Self.name(part), path)
      }
    }
    guard let json, !parts.isEmpty else { throw Self.unsupported("missing", path) }
    guard stages.count <= Self.stageLimit else {
      throw Self.unsupported("of \(stages.count) steps", path)
    }
    self.stages = stages
    self.json = json
  }

  /// The steps of nested sequences in their order.
  private static func flatten(_ json: JSONValue, into parts: inout [JSONValue]) {
    if json["type"]?.string == "Sequence", case .array(let inner) = json["pretokenizers"] {
      for part in inner { flatten(part, into: &parts) }
    } else {
      parts.append(json)
    }
  }

  private static func name(_ json: JSONValue) -> String {
    json["type"]?.string.map { "'\($0)'" } ?? json.summary
  }

  private static func byteLevel(
    _ json: JSONValue, _ path: String
  ) throws(InputError) -> [Stage] {
    let addsSpace = try flag("add_prefix_space", json, true, path)
    let usesPattern = try flag("use_regex", json, true, path)
    return (addsSpace ? [.prefixSpace] : []) + (usesPattern ? [.pattern(.gpt2)] : [])
  }

  private static func pattern(
    _ json: JSONValue, _ path: String
  ) throws(InputError) -> SplitPattern {
    guard let regex = json["pattern"]?["Regex"]?.string, let pattern = SplitPattern(regex: regex)
    else {
      let found = json["pattern"].map { ($0["Regex"] ?? $0["String"] ?? $0).summary } ?? "nothing"
      throw unsupported("Split by \(found)", path)
    }
    // The patterns leave nothing between their matches, so removing what is no match isolates too.
    let isInverted = try flag("invert", json, false, path)
    switch (json["behavior"]?.string, isInverted) {
    case ("Isolated", _), ("Removed", true): return pattern
    case (let behavior, _):
      throw unsupported("Split with behavior '\(behavior ?? "none")'", path)
    }
  }

  private static func flag(
    _ key: String, _ json: JSONValue, _ standard: Bool, _ path: String
  ) throws(InputError) -> Bool {
    guard let member = json[key] else { return standard }
    guard let flag = member.boolean else {
      throw InputError(
        .badData, path, found: "pre_tokenizer \(name(json)) with \(key) \(member.summary)",
        expected: "true or false", remedy: "Repair the file")
    }
    return flag
  }

  private static func unsupported(_ found: String, _ path: String) -> InputError {
    InputError(
      .badData, path, found: "pre_tokenizer \(found)", expected: supported,
      remedy: "Use a tokenizer of the byte-level BPE family")
  }
}
