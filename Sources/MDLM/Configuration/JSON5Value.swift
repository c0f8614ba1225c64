/// A value of a JSON5 text that knows where it stands, for errors that point at it.
struct JSON5Value: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(JSON5Number)
    case string(String)
    case array([JSON5Value])
    /// The members in the order of the text, duplicate keys included.
    case object([JSON5Member])

    /// The text where it is one that can name a file.
    var fileName: String? {
      guard case .string(let text) = self, !text.isEmpty, !text.utf8.contains(0) else { return nil }
      return text
    }
  }

  var content: Content
  var position: JSON5Position

  /// The value as an error shows it: scalars as written, long texts cut, containers by kind.
  var summary: String {
    switch content {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let number): number.literal
    case .string(let text):
      text.utf8.count <= 60 ? Self.quoted(text) : Self.quoted(text.prefix(57) + "…")
    case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }

  /// Returns `text` as a JSON5 string in double quotes.
  static func quoted(_ text: some StringProtocol) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// A key of a JSON5 object with its value.
struct JSON5Member: Equatable, Sendable {
  var key: String
  /// Where the key stands.
  var position: JSON5Position
  var value: JSON5Value
}

/// A place in a text; both numbers count from one, and columns count Unicode scalars.
struct JSON5Position: Equatable, Sendable {
  var line: Int
  var column: Int
}

/// A number as written, so that whole numbers stay exact at any size.
struct JSON5Number: Equatable, Sendable {
  /// The characters in the text, such as `+1`, `.5`, `0xFF` or `1e6`.
  let literal: String
  /// The nearest double; infinite or NaN where the text says so or the number is too large.
  let value: Double
  private let isNegative: Bool
  private let magnitude: UInt64?

  /// Creates the number that a well-formed JSON5 literal stands for.
  init(literal: String) {
    self.literal = literal
    isNegative = literal.hasPrefix("-")
    let unsigned = literal.drop { $0 == "+" || $0 == "-" }
    magnitude = Self.magnitude(of: unsigned)
    let size =
      switch unsigned {
      case "Infinity": Double.infinity
      case "NaN": Double.nan
      // Swift reads no number that ends in its point.
      default: Double(unsigned.hasSuffix(".") ? unsigned.dropLast() : unsigned) ?? .nan
      }
    value = isNegative ? -size : size
  }

  /// Returns the number as an integer, or nil where it has a decimal point or does not fit.
  ///
  /// An exponent is welcome (`1e6`); a point is not, because `1.0` means a fraction in many
  /// programs and a count in others.
  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
    guard let magnitude else { return nil }
    guard isNegative else { return Integer(exactly: magnitude) }
    return magnitude == 0 ? 0 : Int64(exactly: magnitude).flatMap { Integer(exactly: -$0) }
  }

  /// Returns the whole number that a literal without sign stands for.
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
}
