/// A JSON value that loses nothing of its text.
///
/// Numbers keep their spelling, so that 64-bit seeds stay exact. Members keep their order, and keys
/// differ where their bytes do: a vocabulary may hold both U+2126 and U+03A9 (Ω), which `String` and
/// so the dictionaries of Foundation's decoders take for the same.
enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  /// A number as it is spelt, such as `1e-3`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The value of the member called `key`, or nil where this is no object that has one.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.isCalled(key) }?.value
  }

  /// The truth value of `true` or `false`.
  var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The text of a string.
  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The double nearest to a number; infinite or NaN where the text says so or it is too large.
  var double: Double? {
    if case .number(let literal) = self { Double(literal) } else { nil }
  }

  /// The whole number that a number is, or nil where it has a decimal point or does not fit.
  ///
  /// An exponent is welcome (`1e6`); a point is not, because `1.0` means a fraction in many
  /// programs and a count in others.
  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer? {
    guard case .number(let literal) = self else { return nil }
    if let value = Integer(literal) { return value }
    guard let magnitude = Self.magnitude(of: literal.drop { $0 == "+" || $0 == "-" }) else {
      return nil
    }
    guard literal.hasPrefix("-") else { return Integer(exactly: magnitude) }
    return magnitude == 0 ? 0 : Int64(exactly: magnitude).flatMap { Integer(exactly: -$0) }
  }

  /// The whole number that a literal without sign stands for.
  private static func magnitude(of literal: Substring) -> UInt64? {
    if literal.hasPrefix("0x") || literal.hasPrefix("0X") {
      return UInt64(literal.dropFirst(2), radix: 16)
    }
    let parts = literal.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == "e" || $0 == "E"
    }
    guard var result = UInt64(parts[0]) else { return nil }
    guard parts.count == 2 else { return result }
    guard let exponent = Int(parts[1]), (0...19).contains(exponent) else { return nil }
    for _ in 0..<exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
    }
    return result
  }

  /// The value as an error shows it: scalars as written, long ones cut, containers by kind.
  var summary: String {
    func cut(_ text: String) -> String { text.utf8.count <= 60 ? text : text.prefix(57) + "…" }
    return switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let literal): cut(literal)
    case .string(let text): Self.quoted(cut(text))
    case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }
}

/// A key of a JSON object with its value.
struct JSONMember: Equatable, Sendable {
  var key: String
  var value: JSONValue
  /// Where the key stands; nil for a member that was made in code.
  var keyPosition: TextPosition?
  /// Where the value begins; nil for a member that was made in code.
  var valuePosition: TextPosition?

  /// Whether the key has the same bytes as `other`.
  func isCalled(_ other: String) -> Bool { key.utf8.elementsEqual(other.utf8) }

  /// Compares keys and values, wherever they stand.
  static func == (first: JSONMember, second: JSONMember) -> Bool {
    first.isCalled(second.key) && first.value == second.value
  }
}

/// A place in a text; both numbers count from one, and columns count Unicode scalars.
struct TextPosition: Equatable, Sendable {
  var line: Int
  var column: Int
}
