/// The fields of an object in a JSON file, read one by one while mistakes are collected.
///
/// A field with a mistake reads as some value of its type, so that one pass finds all of them;
/// ``finish()`` then throws.
struct JSONFileFields {
  private let path: String
  private var keyPath = ""
  private var content: JSONValue
  private(set) var errors: [InputError] = []

  /// Reads the JSON file at `path`.
  init(path: String) throws(InputError) {
    self.path = path
    content = try JSONValue(parsing: InputFile.contents(of: path, limit: 1 << 20)[...], name: path)
    guard case .object = content else {
      throw InputError(
        .badData, path, found: content.summary, expected: "an object", remedy: "Correct the JSON")
    }
  }

  /// Adds a mistake in the field called `key`.
  mutating func report(_ key: String, found: String, expected: String, remedy: String? = nil) {
    errors.append(
      InputError(
        .badData, "\(path): \(keyPath)\(key)", found: found, expected: expected,
        remedy: remedy ?? "Correct the field \(keyPath)\(key)"))
  }

  /// Throws all mistakes together, if there are any.
  func finish() throws(InputErrors) {
    if !errors.isEmpty { throw InputErrors(errors) }
  }

  /// A whole number in `range`; `fallback` where the field is missing, which is a mistake without.
  mutating func integer<Value: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Value>, default fallback: Value? = nil
  ) -> Value {
    value(
      key, "a whole number from \(range.lowerBound) to \(range.upperBound)", default: fallback
    ) { value in
      value.integer(Value.self).flatMap { range.contains($0) ? $0 : nil }
    } ?? range.lowerBound
  }

  /// A whole number in `range`; nil where the field is missing or null.
  mutating func optionalInteger<Value: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Value>
  ) -> Value? {
    guard let value = content[key], value != .null else { return nil }
    return integer(key, in: range)
  }

  /// A number in `range`; `fallback` where the field is missing.
  mutating func number(_ key: String, in range: Range<Double>, default fallback: Double) -> Double {
    value(
      key, "a number from \(range.lowerBound) to below \(range.upperBound)", default: fallback
    ) { value in
      value.double.flatMap { range.contains($0) ? $0 : nil }
    } ?? fallback
  }

  /// A finite number or null, or where that is allowed nothing at all.
  mutating func optionalNumber(_ key: String, orMissing isAllowed: Bool = false) -> Double? {
    if content[key] == .null || content[key] == nil && isAllowed { return nil }
    return value(key, "a number or null") { value in
      value.double.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// `true` or `false`; `fallback` where the field is missing.
  mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
    value(key, "true or false", default: fallback) { $0.boolean } ?? fallback
  }

  /// One of the strings `choices`; the first of them where the field is missing.
  mutating func choice(_ key: String, of choices: [String]) -> String {
    let quoted = choices.map { JSONValue.quoted($0) }.joined(separator: " or ")
    return value(key, quoted, default: choices[0]) { value in
      value.string.flatMap { choices.contains($0) ? $0 : nil }
    } ?? choices[0]
  }

  /// A list whose elements `read` takes; empty where the field is wrong or missing.
  mutating func array<Element>(_ key: String, read: (JSONValue) -> Element?) -> [Element] {
    value(key, "a list of numbers or texts") { value -> [Element]? in
      guard case .array(let elements) = value else { return nil }
      let result = elements.compactMap(read)
      return result.count == elements.count ? result : nil
    } ?? []
  }

  /// An object whose values are texts; nil where the field is missing.
  mutating func texts(_ key: String) -> [String: String]? {
    guard content[key] != nil else { return nil }
    return value(key, "an object of texts") { value -> [String: String]? in
      guard case .object(let members) = value else { return nil }
      var result: [String: String] = [:]
      for member in members {
        guard let text = member.value.string, result.updateValue(text, forKey: member.key) == nil
        else { return nil }
      }
      return result
    }
  }

  /// A text, or nil where the field is missing or null.
  mutating func optionalText(_ key: String) -> String? {
    guard let value = content[key], value != .null else { return nil }
    return self.value(key, "a text or null") { $0.string }
  }

  /// Checks that the field `key` is the SHA-256 of the rest of the document, and takes it out.
  mutating func checkSeal(_ key: String) {
    guard case .object(let members) = content else { return }
    let rest = JSONValue.object(members.filter { !$0.isCalled(key) })
    let (found, expected) = (content[key]?.string, Self.seal(of: rest))
    if found != expected {
      report(
        key, found: found ?? "no such field", expected: "\(expected), the SHA-256 of the rest",
        remedy: "Use another checkpoint; this one is damaged or was edited")
    }
  }

  /// What the field that seals a document says.
  static func seal(of document: JSONValue) -> String {
    SHA256.digest(of: document.document().utf8)
  }

  /// Reads the object under `key`, empty where the field is missing, with `read`.
  mutating func object<Value>(_ key: String, read: (inout JSONFileFields) -> Value) -> Value {
    var fields = self
    fields.keyPath += "\(key)."
    fields.content =
      value(key, "an object", default: JSONValue.object([])) { value in
        if case .object = value { value } else { nil }
      } ?? .object([])
    fields.errors = errors
    let result = read(&fields)
    errors = fields.errors
    return result
  }

  /// What `read` makes of the field, or nil where the field is wrong or missing without fallback.
  private mutating func value<Value>(
    _ key: String, _ expected: String, default fallback: Value? = nil,
    read: (JSONValue) -> Value?
  ) -> Value? {
    guard let value = content[key] else {
      if fallback == nil {
        report(
          key, found: "no such field", expected: expected, remedy: "Add the field \(keyPath)\(key)")
      }
      return fallback
    }
    if let result = read(value) { return result }
    report(key, found: value.summary, expected: expected)
    return nil
  }
}
