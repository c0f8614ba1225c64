extension StrictJSON {
  /// Reads one JSON value that takes up all of `bytes`.
  init(parsing bytes: [UInt8]) throws(SyntaxError) {
    var parser = StrictJSONParser(bytes)
    self = try parser.document()
  }
}

/// A recursive-descent reader of JSON.
///
/// Foundation's decoders let one of two equal keys win in silence, which is why this one exists.
private struct StrictJSONParser {
  typealias SyntaxError = StrictJSON.SyntaxError

  /// Deeper nesting is refused: a hostile file must not exhaust the stack.
  private static let maximumDepth = 64

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(SyntaxError) -> StrictJSON {
    let value = try value(depth: 0)
    skipWhitespace()
    if position < bytes.count { throw unexpected("the end after the closing bracket") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func unexpected(_ expected: String) -> SyntaxError {
    let found =
      switch next {
      case nil: "the end of the text"
      case .some(let byte) where (0x21...0x7E).contains(byte): "'\(Unicode.Scalar(byte))'"
      case .some(let byte): "byte \(byte)"
      }
    return SyntaxError(offset: position, found: found, expected: expected)
  }

  private mutating func value(depth: Int) throws(SyntaxError) -> StrictJSON {
    skipWhitespace()
    guard depth < Self.maximumDepth else {
      throw SyntaxError(
        offset: position, found: "brackets nested \(depth) deep",
        expected: "at most \(Self.maximumDepth - 1)")
    }
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ text: String, _ value: StrictJSON) throws(SyntaxError) -> StrictJSON
  {
    guard bytes[position...].starts(with: text.utf8) else { throw unexpected("'\(text)'") }
    position += text.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(SyntaxError) -> [String: StrictJSON] {
    var members: [String: StrictJSON] = [:]
    position += 1
    skipWhitespace()
    if take("}") { return members }
    while true {
      skipWhitespace()
      let keyOffset = position
      guard next == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
      let key = try string()
      skipWhitespace()
      guard take(":") else { throw unexpected("':' after the key \"\(key)\"") }
      let value = try value(depth: depth + 1)
      if members.updateValue(value, forKey: key) != nil {
        throw SyntaxError(
          offset: keyOffset, found: "the key \"\(key)\" a second time", expected: "each key once")
      }
      skipWhitespace()
      if take("}") { return members }
      guard take(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(SyntaxError) -> [StrictJSON] {
    var elements: [StrictJSON] = []
    position += 1
    skipWhitespace()
    if take("]") { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipWhitespace()
      if take("]") { return elements }
      guard take(",") else { throw unexpected("',' or ']'") }
    }
  }

  private mutating func number() throws(SyntaxError) -> String {
    let start = position
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    _ = take("-")
    guard isDigit(next) else { throw unexpected("a value") }
    if !take("0") {
      while isDigit(next) { position += 1 }
    }
    if take(".") {
      guard isDigit(next) else { throw unexpected("a digit after the decimal point") }
      while isDigit(next) { position += 1 }
    }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard isDigit(next) else { throw unexpected("a digit in the exponent") }
      while isDigit(next) { position += 1 }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(SyntaxError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw SyntaxError(offset: start, found: "a string that is not UTF-8", expected: "UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: String(try escapedScalar()).utf8)
      case ..<0x20:
        throw unexpected("an escape such as \\n")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("the closing quote of the string at byte \(start)")
  }

  private mutating func escapedScalar() throws(SyntaxError) -> Unicode.Scalar {
    let escapes: [(Unicode.Scalar, Unicode.Scalar)] = [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("n", "\n"), ("r", "\r"), ("t", "\t"),
      ("b", "\u{8}"), ("f", "\u{c}"),
    ]
    for (letter, scalar) in escapes where take(letter) { return scalar }
    guard take("u") else { throw unexpected("one of \" \\ / b f n r t u") }
    let first = try hexadecimalUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else {
      throw unexpected("a pair of surrogates")
    }
    let second = try hexadecimalUnit()
    let joined = 0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second & 0x3FF)
    guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(joined) else {
      throw unexpected("a pair of surrogates")
    }
    return scalar
  }

  private mutating func hexadecimalUnit() throws(SyntaxError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits") }
    position += 4
    return unit
  }
}
