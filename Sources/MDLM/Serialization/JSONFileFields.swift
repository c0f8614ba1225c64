/// The fields of an object in a JSON file, read one by one while mistakes are collected.
///
/// A field with a mistake reads as some value of its type, so that one pass finds all of them;
/// ``finish()`` then throws.
struct JSONFileFields {
  private let path: String
  private let category: InputError.Category
  private let keyPath: String
  private let members: [String: StrictJSON]
  private(set) var errors: [InputError] = []

  /// Reads the JSON file at `path`, whose mistakes are of `category`.
  init(path: String, category: InputError.Category) throws(InputError) {
    let bytes = try InputFile.contents(of: path, limit: 1 << 20)
    self.path = path
    self.category = category
    keyPath = ""
    do throws(StrictJSON.SyntaxError) {
      guard case .object(let members) = try StrictJSON(parsing: bytes) else {
        throw .init(offset: 0, found: "another value", expected: "an object")
      }
      self.members = members
    } catch {
      let before = bytes[..<min(error.offset, bytes.count)]
      let line = before.count { $0 == 0x0A } + 1
      let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
      throw InputError(
        category, "\(path):\(line):\(column)", found: error.found, expected: error.expected,
        remedy: "Correct the JSON")
    }
  }

  private init(of parent: JSONFileFields, key: String, members: [String: StrictJSON]) {
    path = parent.path
    category = parent.category
    keyPath = "\(parent.keyPath)\(key)."
    self.members = members
  }

  /// Adds a mistake in the field called `key`.
  mutating func report(_ key: String, found: String, expected: String, remedy: String? = nil) {
    errors.append(
      InputError(
        category, "\(path): \(keyPath)\(key)", found: found, expected: expected,
        remedy: remedy ?? "Correct the field \(keyPath)\(key)"))
  }

  /// Throws all mistakes together, if there are any.
  func finish() throws(InputErrors) {
    if !errors.isEmpty { throw InputErrors(errors) }
  }

  func contains(_ key: String) -> Bool { members[key] != nil }

  /// A whole number in `range`; `fallback` where the field is missing, which is a mistake without.
  mutating func integer<Value: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Value>, default fallback: Value? = nil
  ) -> Value {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let value = value(key, expected: expected, isOptional: fallback != nil) else {
      return fallback ?? range.lowerBound
    }
    if case .number(let text) = value, let number = Value(text), range.contains(number) {
      return number
    }
    report(key, found: value.summary, expected: expected)
    return range.lowerBound
  }

  /// A number in `range`; `fallback` where the field is missing.
  mutating func number(_ key: String, in range: Range<Double>, default fallback: Double) -> Double {
    let expected = "a number from \(range.lowerBound) to below \(range.upperBound)"
    guard let value = value(key, expected: expected, isOptional: true) else { return fallback }
    if case .number(let text) = value, let number = Double(text), range.contains(number) {
      return number
    }
    report(key, found: value.summary, expected: expected)
    return fallback
  }

  /// A finite number or null.
  mutating func optionalNumber(_ key: String) -> Double? {
    let expected = "a number or null"
    guard let value = value(key, expected: expected, isOptional: false), value != .null else {
      return nil
    }
    if case .number(let text) = value, let number = Double(text), number.isFinite { return number }
    report(key, found: value.summary, expected: expected)
    return nil
  }

  /// `true` or `false`; `fallback` where the field is missing.
  mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
    guard let value = value(key, expected: "", isOptional: true) else { return fallback }
    if case .bool(let flag) = value { return flag }
    report(key, found: value.summary, expected: "true or false")
    return fallback
  }

  /// One of the strings `choices`; the first of them where the field is missing.
  mutating func choice(_ key: String, of choices: [String]) -> String {
    guard let value = value(key, expected: "", isOptional: true) else { return choices[0] }
    if case .string(let text) = value, choices.contains(text) { return text }
    let quoted = choices.map { "\"\($0)\"" }.joined(separator: " or ")
    report(key, found: value.summary, expected: quoted)
    return choices[0]
  }

  /// Reads the object under `key`, empty where the field is missing, with `read`.
  mutating func object<Value>(_ key: String, read: (inout JSONFileFields) -> Value) -> Value {
    var members: [String: StrictJSON] = [:]
    switch value(key, expected: "", isOptional: true) {
    case .object(let found): members = found
    case .some(let other): report(key, found: other.summary, expected: "an object")
    case nil: break
    }
    var fields = JSONFileFields(of: self, key: key, members: members)
    let value = read(&fields)
    errors += fields.errors
    return value
  }

  private mutating func value(_ key: String, expected: String, isOptional: Bool) -> StrictJSON? {
    if let value = members[key] { return value }
    if !isOptional {
      report(
        key, found: "no such field", expected: expected, remedy: "Add the field \(keyPath)\(key)")
    }
    return nil
  }
}
