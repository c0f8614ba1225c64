/// A JSON value as RFC 8259 writes it, without repeated keys.
///
/// Numbers keep their spelling, so no seed or offset loses digits on the way through `Double`.
enum StrictJSON: Equatable, Sendable {
  case object([String: StrictJSON])
  case array([StrictJSON])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  /// Why a text is no JSON, and where.
  struct SyntaxError: Error, Equatable {
    var offset: Int
    var found: String
    var expected: String
  }

  static func number(_ value: some BinaryInteger) -> StrictJSON { .number(String(value)) }

  /// The number `value`, or null where it is not finite, which JSON cannot say.
  static func number(_ value: Double) -> StrictJSON { value.isFinite ? .number("\(value)") : .null }

  /// A few words that show the value inside an error message.
  var summary: String {
    switch self {
    case .object: "an object"
    case .array(let elements): "an array of \(elements.count)"
    case .string(let text):
      text.utf8.count <= 60 ? "\"\(text)\"" : "a string of \(text.utf8.count) bytes"
    case .number(let text): text.utf8.count <= 60 ? text : "a number of \(text.utf8.count) digits"
    case .bool(let value): "\(value)"
    case .null: "null"
    }
  }

  /// The text of the value: sorted keys, two spaces of indentation, no closing line break.
  func encoded(indentation: String = "") -> String {
    let inner = indentation + "  "
    switch self {
    case .object(let members):
      if members.isEmpty { return "{}" }
      let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let lines = keys.map { key in
        let value = members[key]?.encoded(indentation: inner) ?? "null"
        return "\(inner)\(Self.quoted(key)): \(value)"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
    case .array(let elements):
      return "[\(elements.map { $0.encoded(indentation: inner) }.joined(separator: ", "))]"
    case .string(let text): return Self.quoted(text)
    case .number(let text): return text
    case .bool(let value): return value ? "true" : "false"
    case .null: return "null"
    }
  }

  /// `text` as a JSON string, quotes included.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
