/// What a tokenizer puts around the ids of a text: the `post_processor` of a `tokenizer.json`.
///
/// For a single sequence every kind of them comes down to ids before and ids after it.
struct PostProcessor: Sendable, Equatable {
  private(set) var before: [Int32] = []
  private(set) var after: [Int32] = []
  /// The value of `post_processor`.
  private(set) var json: JSONValue = .null

  /// Puts nothing around a text.
  static let none = PostProcessor()

  /// Puts the special tokens `begin` and `end` around a text, as BERT does.
  static func bert(begin: AddedToken, end: AddedToken) -> PostProcessor {
    PostProcessor(
      before: [begin.id], after: [end.id],
      json: [
        "type": "BertProcessing",
        "sep": [.string(end.name), .number(end.id)],
        "cls": [.string(begin.name), .number(begin.id)],
      ])
  }

  func framed(_ ids: [Int32]) -> [Int32] { before + ids + after }
}

// MARK: - JSON

extension PostProcessor {
  /// More ids than any tokenizer puts around a text, and more pieces than a template has.
  private static let idLimit = 1024

  private static let supported =
    "ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing or a Sequence of these"

  /// Reads the value of `post_processor`.
  ///
  /// - Parameters:
  ///   - json: The value, or nil or null for none.
  ///   - idCount: The number of ids there are.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where it is of another kind, is damaged, or has unknown ids.
  init(_ json: JSONValue?, idCount: Int, in path: String) throws(InputError) {
    guard let json, json != .null else { return }
    switch json["type"]?.string {
    case "ByteLevel": break
    case "BertProcessing", "RobertaProcessing":
      before = [try Self.pairID(json, "cls", path)]
      after = [try Self.pairID(json, "sep", path)]
    case "TemplateProcessing": try readTemplate(json, path)
    case "Sequence":
      guard case .array(let parts) = json["processors"] else {
        throw Self.damaged(json, "processors", "a list", path)
      }
      for part in parts {
        let part = try PostProcessor(part, idCount: idCount, in: path)
        before = part.before + before
        after += part.after
      }
    case let type:
      throw InputError(
        .badData, path, found: "the post_processor \(type.map { "'\($0)'" } ?? json.summary)",
        expected: Self.supported, remedy: "Use a tokenizer with one of these post-processors")
    }
    self.json = json
    let count = before.count + after.count
    guard count <= Self.idLimit else {
      throw InputError(
        .badData, path, found: "\(count) ids around a text in post_processor",
        expected: "at most \(Self.idLimit)",
        remedy: "Repair the file, or fetch it again from where the tokenizer came from")
    }
    if let id = (before + after).first(where: { !(0..<idCount).contains(Int($0)) }) {
      throw InputError(
        .badData, path, found: "the id \(id) in post_processor", expected: "ids below \(idCount)",
        remedy: "Repair the file, or fetch it again from where the tokenizer came from")
    }
  }

  /// The id of a pair such as `"cls": ["[CLS]", 101]`.
  private static func pairID(
    _ json: JSONValue, _ key: String, _ path: String
  ) throws(InputError) -> Int32 {
    guard case .array(let pair) = json[key], pair.count == 2, let id = pair[1].integer(Int32.self)
    else { throw damaged(json, key, "a list of a token's name and its id", path) }
    return id
  }

  private mutating func readTemplate(_ json: JSONValue, _ path: String) throws(InputError) {
    guard case .array(let pieces) = json["single"], pieces.count <= Self.idLimit else {
      throw Self.damaged(json, "single", "a list of at most \(Self.idLimit) pieces", path)
    }
    var hasText = false
    for piece in pieces {
      if piece["Sequence"] != nil {
        guard !hasText else { throw Self.damaged(json, "single", "one Sequence in it", path) }
        hasText = true
      } else if let name = piece["SpecialToken"]?["id"]?.string {
        let ids = try Self.templateIDs(of: name, json, path)
        if hasText { after += ids } else { before += ids }
      } else {
        throw Self.damaged(json, "single", "Sequence and SpecialToken pieces", path)
      }
    }
    guard hasText else { throw Self.damaged(json, "single", "a Sequence in it", path) }
  }

  private static func templateIDs(
    of name: String, _ json: JSONValue, _ path: String
  ) throws(InputError) -> [Int32] {
    guard case .array(let elements) = json["special_tokens"]?[name]?["ids"],
      elements.count <= idLimit
    else {
      throw damaged(json, "special_tokens", "an entry with ids for \(JSONValue.quoted(name))", path)
    }
    let ids = elements.compactMap { $0.integer(Int32.self) }
    guard ids.count == elements.count else {
      throw damaged(json, "special_tokens", "ids for \(JSONValue.quoted(name))", path)
    }
    return ids
  }

  private static func damaged(
    _ json: JSONValue, _ key: String, _ expected: String, _ path: String
  ) -> InputError {
    InputError(
      .badData, path, found: "post_processor.\(key) is \(json[key]?.summary ?? "missing")",
      expected: expected,
      remedy: "Repair the file, or fetch it again from where the tokenizer came from")
  }
}
