/// One line of a file of a run, whose fields are checked as they are asked for.
///
/// A field that is missing or null is nil: writers leave out what they do not know.
struct RunLine {
  private let content: JSONValue
  /// The file and the line, as errors name them.
  private let subject: String

  /// Reads one line.
  ///
  /// - Parameters:
  ///   - bytes: The line without its end.
  ///   - name: The file's name in errors.
  ///   - number: The number of the line.
  /// - Throws: ``InputError`` where it is no JSON object.
  init(_ bytes: JSONLineFile.Line, name: String, number: Int) throws(InputError) {
    content = try JSONValue(parsing: Array(bytes)[...], name: name, line: number)
    subject = "\(name):\(number)"
    guard case .object = content else {
      throw InputError(
        .badData, subject, found: content.summary, expected: "an object",
        remedy: "Take the line out")
    }
  }

  /// Counts beyond this are no counts; sums of them stay far from overflow.
  static let countLimit = 1_000_000_000_000_000

  /// A whole number of at least 0.
  func count(_ key: String) throws(InputError) -> Int? {
    try optional(key, "a whole number from 0 to \(Self.countLimit)") { value in
      value.integer(Int.self).flatMap { (0...Self.countLimit).contains($0) ? $0 : nil }
    }
  }

  /// A whole number of at least 0, which must be there.
  func requiredCount(_ key: String) throws(InputError) -> Int {
    if let value = try count(key) { return value }
    throw mistake(key, found: "no such field", expected: "a whole number")
  }

  /// Numbers beyond these are none that training gives; differences of them stay finite.
  static let numbers = -1e100...1e100

  /// A number.
  func number(_ key: String) throws(InputError) -> Double? {
    try optional(key, "a number from \(Self.numbers.lowerBound) to \(Self.numbers.upperBound)") {
      value in value.double.flatMap { Self.numbers.contains($0) ? $0 : nil }
    }
  }

  func string(_ key: String) throws(InputError) -> String? {
    try optional(key, "a text in quotes") { $0.string }
  }

  /// A list of texts; none where it is missing.
  func strings(_ key: String) throws(InputError) -> [String] {
    try optional(key, "a list of texts") { value in Self.list(value) { $0.string } } ?? []
  }

  /// A list of token ids.
  func tokens(_ key: String) throws(InputError) -> [Int32]? {
    try optional(key, "a list of token ids") { value in
      Self.list(value) { $0.integer(Int32.self) }
    }
  }

  /// Mean losses by tenths of masked share.
  func losses(_ key: String) throws(InputError) -> MaskedShareLosses? {
    try optional(key, "a list of \(MaskedShareLosses.count) numbers or nulls") { value in
      Self.list(value) { $0 == .null ? Float.nan : $0.double.map { Float($0) } }
        .flatMap { MaskedShareLosses($0) }
    }
  }

  private static func list<Element>(
    _ value: JSONValue, element: (JSONValue) -> Element?
  ) -> [Element]? {
    guard case .array(let values) = value else { return nil }
    let elements = values.compactMap(element)
    return elements.count == values.count ? elements : nil
  }

  private func optional<Value>(
    _ key: String, _ expected: String, read: (JSONValue) -> Value?
  ) throws(InputError) -> Value? {
    guard let value = content[key], value != .null else { return nil }
    if let result = read(value) { return result }
    throw mistake(key, found: value.summary, expected: expected)
  }

  private func mistake(_ key: String, found: String, expected: String) -> InputError {
    InputError(
      .badData, "\(subject): \(key)", found: found, expected: expected, remedy: "Take the line out")
  }
}
