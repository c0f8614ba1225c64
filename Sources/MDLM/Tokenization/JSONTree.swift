/// A JSON document with the members of its objects in file order.
///
/// Foundation's decoders put members in a `Dictionary<String, …>`, where canonically equivalent keys
/// such as U+2126 and U+03A9 (Ω) fall together; a vocabulary may well hold both.
indirect enum JSONTree: Equatable {
  struct Member: Equatable {
    let key: String
    let value: JSONTree
  }

  case object([Member])
  case array([JSONTree])
  case string(String)
  case number(Double)
  case boolean(Bool)
  case null

  /// The value of the first member called `key`, or nil where this is no object that has one.
  subscript(key: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of a string.
  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// What kind of value it is, for messages.
  var kind: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .boolean: "a boolean"
    case .null: "null"
    }
  }

  /// Parses `text`, which must hold one JSON value and nothing else.
  init(_ text: SourceText) throws(InputError) {
    var parser = JSONParser(text)
    self = try parser.document()
  }
}

/// A recursive-descent parser for JSON (RFC 8259).
private struct JSONParser {
  /// Deeper documents are refused: parsing them would exhaust the stack.
  private static let depthLimit = 256

  private let text: SourceText
  private var index: Int
  private var depth = 0

  init(_ text: SourceText) {
    self.text = text
    index = text.bytes.startIndex
  }

  mutating func document() throws(InputError) -> JSONTree {
    let value = try value()
    skipSpace()
    guard index == text.bytes.endIndex else { throw unexpected("the end of the JSON value") }
    return value
  }

  private mutating func value() throws(InputError) -> JSONTree {
    skipSpace()
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw unexpected("at most \(Self.depthLimit) nested values")
    }
    switch peek() ?? "\0" {
    case "{": return .object(try members())
    case "[": return .array(try elements())
    case "\"": return .string(try string())
    case "t": return try literal("true", .boolean(true))
    case "f": return try literal("false", .boolean(false))
    case "n": return try literal("null", .null)
    case "-", "0"..."9": return .number(try number())
    default: throw unexpected("a JSON value")
    }
  }

  private mutating func members() throws(InputError) -> [JSONTree.Member] {
    var members: [JSONTree.Member] = []
    index += 1
    skipSpace()
    if take("}") { return members }
    repeat {
      skipSpace()
      guard peek() == "\"" else { throw unexpected("a key in quotes") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw unexpected("':' after the key") }
      members.append(JSONTree.Member(key: key, value: try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw unexpected("',' or '}'") }
    return members
  }

  private mutating func elements() throws(InputError) -> [JSONTree] {
    var elements: [JSONTree] = []
    index += 1
    skipSpace()
    if take("]") { return elements }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw unexpected("',' or ']'") }
    return elements
  }

  private mutating func literal(
    _ word: StaticString, _ value: JSONTree
  ) throws(InputError) -> JSONTree {
    let bytes = "\(word)".utf8
    guard text.bytes[index...].starts(with: bytes) else { throw unexpected("'\(word)'") }
    index += bytes.count
    return value
  }

  private mutating func number() throws(InputError) -> Double {
    let isPart: (UInt8) -> Bool = { byte in
      switch Unicode.Scalar(byte) {
      case "0"..."9", "+", "-", ".", "e", "E": true
      default: false
      }
    }
    let digits = text.bytes[index...].prefix(while: isPart)
    guard let number = Double(String(decoding: digits, as: UTF8.self)) else {
      throw unexpected("a number")
    }
    index = digits.endIndex
    return number
  }

  private mutating func string() throws(InputError) -> String {
    index += 1
    var bytes: [UInt8] = []
    while index < text.bytes.endIndex {
      let byte = text.bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        bytes.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw unexpected("an escape such as \\n: control characters may not stand in a string")
      default:
        bytes.append(byte)
        index += 1
      }
    }
    throw unexpected("the closing quote of a string")
  }

  private mutating func escape() throws(InputError) -> Unicode.Scalar {
    index += 1
    let letter = peek()
    index += 1
    switch letter {
    case "\"", "\\", "/": return Unicode.Scalar(text.bytes[index - 1])
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": break
    default:
      index -= 1
      throw unexpected("an escape such as \\n or \\u0041")
    }
    var code = try hexadecimal()
    if 0xD800..<0xDC00 ~= code, take("\\"), take("u") {
      let low = try hexadecimal()
      guard 0xDC00..<0xE000 ~= low else { throw unexpected("the second half of a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw unexpected("a whole surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(InputError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek(), digit.properties.isASCIIHexDigit,
        let value = UInt32(String(digit), radix: 16)
      else { throw unexpected("four hexadecimal digits") }
      code = code << 4 | value
      index += 1
    }
    return code
  }

  private func peek() -> Unicode.Scalar? {
    index < text.bytes.endIndex ? Unicode.Scalar(text.bytes[index]) : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let scalar = peek(), scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" {
      index += 1
    }
  }

  private func unexpected(_ expected: String) -> InputError {
    let found = peek().map { $0.isASCII && $0 >= " " ? "'\($0)'" : "a byte \($0.value)" }
    return text.mistake(
      at: index, found: (found ?? "the end of the text"), expected: "\(expected) (JSON)",
      remedy: "Repair the JSON")
  }
}
