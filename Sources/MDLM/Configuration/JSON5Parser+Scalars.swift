/// Strings, numbers and words.
extension JSON5Parser {
  /// Reads `true`, `false`, `null` or a number spelt as a word.
  mutating func word() throws(InputError) -> JSON5Value.Content {
    let start = position
    let word = bareWord()
    switch word {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    case "Infinity", "NaN": return .number(JSON5Number(literal: word))
    default:
      throw error(
        at: start, found: "the bare word \(JSON5Value.quoted(word))", expected: "a value",
        remedy: ["True", "False", "None"].contains(word)
          ? "Write true, false or null in lower case" : "Put text in quotes")
    }
  }

  // MARK: Numbers

  mutating func number() throws(InputError) -> JSON5Number {
    let (start, startPosition) = (index, position)
    if !consume("+") { _ = consume("-") }
    var isWellFormed: Bool
    if bytes[index...].starts(with: "Infinity".utf8) || bytes[index...].starts(with: "NaN".utf8) {
      _ = bareWord()
      isWellFormed = true
    } else if consume("0") {
      if consume("x") || consume("X") {
        isWellFormed = skipDigits(hexadecimal: true) > 0
      } else {
        isWellFormed = skipFraction(after: 1)
      }
    } else {
      isWellFormed = skipFraction(after: skipDigits())
    }
    // What follows must not look like more of the number: 010, 1_000, 12px, 1.2.3.
    if continuesWord || peek == "." || peek == "+" || peek == "-" {
      isWellFormed = false
      while continuesWord || peek == "." || peek == "+" || peek == "-" { advance() }
    }
    let literal = String(decoding: bytes[start..<index], as: UTF8.self)
    guard isWellFormed else {
      throw error(
        at: startPosition, found: "\(literal)", expected: "a number",
        remedy: literal.contains("_")
          ? "Write the digits without underscores" : "Write it like 12, 0.5, 3e-4 or 0xFF")
    }
    return JSON5Number(literal: literal)
  }

  /// Steps over a fraction and an exponent, and returns whether they and the digits before are whole.
  private mutating func skipFraction(after digits: Int) -> Bool {
    var digits = digits
    if consume(".") { digits += skipDigits() }
    guard digits > 0 else { return false }
    guard consume("e") || consume("E") else { return true }
    if !consume("+") { _ = consume("-") }
    return skipDigits() > 0
  }

  private mutating func skipDigits(hexadecimal: Bool = false) -> Int {
    let start = index
    while true {
      switch peek ?? "\0" {
      case "0"..."9": advance()
      case "a"..."f" where hexadecimal, "A"..."F" where hexadecimal: advance()
      default: return index - start
      }
    }
  }

  // MARK: Strings

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
      } else {
        content.append(bytes[index])
        advance()
      }
    }
    throw error(
      at: opening, found: "text without closing quote", expected: "the quote in the same line",
      remedy: "Close the quote")
  }

  private mutating func escape(into content: inout [UInt8]) throws(InputError) {
    let start = position
    advance()
    guard let kind = peek else { return }
    switch kind {
    case "x": content += try utf8(hexadecimalEscape(digits: 2, at: start), at: start)
    case "u": content += try utf8(utf16Escape(at: start), at: start)
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
      content.append(Self.escapes[kind] ?? bytes[index])
      advance()
    }
  }

  private static let escapes: [Unicode.Scalar: UInt8] = [
    "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B,
  ]

  /// Reads one `\uXXXX`, or two where they are a surrogate pair.
  private mutating func utf16Escape(at start: JSON5Position) throws(InputError) -> UInt32 {
    let high = try hexadecimalEscape(digits: 4, at: start)
    guard (0xD800..<0xDC00).contains(high), bytes[index...].starts(with: "\\u".utf8) else {
      return high
    }
    advance()
    let low = try hexadecimalEscape(digits: 4, at: start)
    guard (0xDC00..<0xE000).contains(low) else { return high }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func hexadecimalEscape(
    digits: Int, at start: JSON5Position
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

  private func utf8(_ value: UInt32, at start: JSON5Position) throws(InputError) -> [UInt8] {
    guard let scalar = Unicode.Scalar(value) else {
      throw badEscape(at: start, expected: "both halves of a surrogate pair")
    }
    return Array(String(scalar).utf8)
  }

  private func badEscape(at start: JSON5Position, expected: String) -> InputError {
    error(
      at: start, found: "an escape that means no character", expected: expected,
      remedy: "Write a backslash itself as \\\\")
  }
}
