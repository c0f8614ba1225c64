/// Strings, numbers and words.
extension JSONParser {
  // MARK: Words and numbers

  /// Reads `true`, `false`, `null` or a number spelt as a word.
  mutating func word() throws(InputError) -> JSONValue {
    let start = position
    let word = bareWord()
    switch word {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    case "Infinity" where dialect == .json5, "NaN" where dialect == .json5: return .number(word)
    default:
      throw error(
        at: start, found: "the bare word \(JSONValue.quoted(word))", expected: "a value",
        remedy: ["True", "False", "None"].contains(word)
          ? "Write true, false or null in lower case" : "Put text in quotes")
    }
  }

  /// Takes the letters, digits, underscores, dollar signs and non-ASCII characters from here on.
  mutating func bareWord() -> String {
    let start = index
    while continuesWord { advance() }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// Whether the next byte can stand inside a bare word.
  var continuesWord: Bool {
    switch peek ?? "\0" {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    case "\u{80}"..."\u{FF}": blankLength == nil
    default: false
    }
  }

  /// Reads a number, which ends where nothing looks like more of it (010, 1_000, 12px, 1.2.3).
  mutating func number() throws(InputError) -> String {
    let (start, startPosition) = (index, position)
    while continuesWord || peek == "." || peek == "+" || peek == "-" { advance() }
    let literal = String(decoding: bytes[start..<index], as: UTF8.self)
    guard isNumber(bytes[start..<index]) else {
      throw error(
        at: startPosition, found: "\(literal)", expected: "a number",
        remedy: literal.contains("_")
          ? "Write the digits without underscores"
          : "Write it like 12, 0.5\(dialect == .json5 ? ", 3e-4 or 0xFF" : " or 3e-4")")
    }
    return literal
  }

  /// Whether `literal` is a number of the dialect.
  private func isNumber(_ literal: ArraySlice<UInt8>) -> Bool {
    var rest = literal
    func take(_ scalars: Unicode.Scalar...) -> Bool {
      guard let first = rest.first, scalars.contains(Unicode.Scalar(first)) else { return false }
      rest.removeFirst()
      return true
    }
    func digits() -> ArraySlice<UInt8> {
      let digits = rest.prefix { ("0"..."9").contains(Unicode.Scalar($0)) }
      rest = rest[digits.endIndex...]
      return digits
    }
    let isJSON5 = dialect == .json5
    if !take("-"), isJSON5 { _ = take("+") }
    if isJSON5, rest.elementsEqual("Infinity".utf8) || rest.elementsEqual("NaN".utf8) {
      return true
    }
    let whole = digits()
    if isJSON5, whole.elementsEqual("0".utf8), take("x", "X") {
      return !rest.isEmpty && rest.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
    }
    let hasPoint = take(".")
    let fraction = hasPoint ? digits() : []
    if isJSON5 {
      if whole.isEmpty && fraction.isEmpty { return false }
    } else if whole.isEmpty || hasPoint && fraction.isEmpty {
      return false
    }
    if whole.count > 1 && whole.first == UInt8(ascii: "0") { return false }
    if take("e", "E") {
      _ = take("+", "-")
      if digits().isEmpty { return false }
    }
    return rest.isEmpty
  }

  // MARK: Strings

  /// Whether the next byte opens a string.
  var startsString: Bool { peek == "\"" || peek == "'" && dialect == .json5 }

  mutating func string() throws(InputError) -> String {
    let (opening, quote) = (position, peek)
    advance()
    var content: [UInt8] = []
    while let next = peek, next != "\n" && next != "\r" {
      if next == quote {
        advance()
        return String(decoding: content, as: UTF8.self)
      }
      if next == "\\" {
        try escape(into: &content)
      } else if next < " ", dialect == .strict {
        throw unexpected(
          expected: "an escape such as \\n", remedy: "Escape control characters in text")
      } else {
        content.append(bytes[index])
        advance()
      }
    }
    throw error(
      at: opening, found: "text without closing quote", expected: "the quote in the same line",
      remedy: "Close the quote")
  }

  private static let escapes: [Unicode.Scalar: UInt8] = [
    "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09,
  ]

  private mutating func escape(into content: inout [UInt8]) throws(InputError) {
    let start = position
    advance()
    guard let kind = peek else { return }
    if let byte = Self.escapes[kind] {
      content.append(byte)
      advance()
    } else if kind == "u" {
      content += try utf8(utf16Escape(at: start), at: start)
    } else if dialect == .json5 {
      try json5Escape(kind, at: start, into: &content)
    } else {
      throw badEscape(at: start, expected: #"one of \" \\ \/ \b \f \n \r \t \u"#)
    }
  }

  private mutating func json5Escape(
    _ kind: Unicode.Scalar, at start: TextPosition, into content: inout [UInt8]
  ) throws(InputError) {
    switch kind {
    case "x": content += try utf8(hexadecimalEscape(digits: 2, at: start), at: start)
    case "\r":
      advance()
      _ = consume("\n")
    case "\n": advance()
    case "0"..."9":
      advance()
      guard kind == "0", !("0"..."9").contains(peek ?? "a") else {
        throw badEscape(at: start, expected: "\\x and two hexadecimal digits")
      }
      content.append(0)
    default:
      // Bytes of a longer character follow one by one as ordinary text.
      content.append(kind == "v" ? 0x0B : bytes[index])
      advance()
    }
  }

  /// Reads one `\uXXXX`, or two where they are a surrogate pair.
  private mutating func utf16Escape(at start: TextPosition) throws(InputError) -> UInt32 {
    let high = try hexadecimalEscape(digits: 4, at: start)
    guard (0xD800..<0xDC00).contains(high), comes("\\u") else { return high }
    advance()
    let low = try hexadecimalEscape(digits: 4, at: start)
    guard (0xDC00..<0xE000).contains(low) else { return high }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func hexadecimalEscape(
    digits: Int, at start: TextPosition
  ) throws(InputError) -> UInt32 {
    advance()
    let text = String(decoding: bytes[index...].prefix(digits), as: UTF8.self)
    guard text.utf8.count == digits,
      text.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit),
      let value = UInt32(text, radix: 16)
    else { throw badEscape(at: start, expected: "\(digits) hexadecimal digits") }
    for _ in 0..<digits { advance() }
    return value
  }

  private func utf8(_ value: UInt32, at start: TextPosition) throws(InputError) -> [UInt8] {
    guard let scalar = Unicode.Scalar(value) else {
      throw badEscape(at: start, expected: "both halves of a surrogate pair")
    }
    return Array(String(scalar).utf8)
  }

  private func badEscape(at start: TextPosition, expected: String) -> InputError {
    error(
      at: start, found: "an escape that means no character", expected: expected,
      remedy: "Write a backslash itself as \\\\")
  }
}
