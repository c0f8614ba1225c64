// MARK: Making values

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .boolean(value) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember(key: $0, value: $1) })
  }

  static func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// The number `value`, or null where it is not finite, which JSON cannot say.
  static func number(_ value: Double) -> JSONValue { value.isFinite ? .number("\(value)") : .null }
}

// MARK: Writing

extension JSONValue {
  /// The value in one line without spaces.
  func line() -> String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// The value as the content of a file: a line for each member, indented by two spaces.
  func document() -> String {
    var text = ""
    write(to: &text, indentation: "")
    return text + "\n"
  }

  private func write(to text: inout String, indentation: String?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += "\(value)"
    case .number(let literal): text += literal
    case .string(let content): text += Self.quoted(content)
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        text += index == 0 ? "[" : indentation == nil ? "," : ", "
        element.write(to: &text, indentation: indentation)
      }
      text += elements.isEmpty ? "[]" : "]"
    case .object(let members):
      let inner = indentation.map { $0 + "  " }
      for (index, member) in members.enumerated() {
        text += index == 0 ? "{" : ","
        text += inner.map { "\n" + $0 } ?? ""
        text += Self.quoted(member.key) + (inner == nil ? ":" : ": ")
        member.value.write(to: &text, indentation: inner)
      }
      text += members.isEmpty ? "{}" : (indentation.map { "\n" + $0 } ?? "") + "}"
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
      // Beyond what must be escaped: what does not show, and line ends outside JSON.
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
