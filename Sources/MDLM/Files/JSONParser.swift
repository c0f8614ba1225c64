/// Reads JSON and JSON5 (json5.org), and says in which line and column a text is neither.
///
/// Foundation's decoders keep neither positions nor the order of members, and let one of two equal
/// keys win in silence. Not read are Unicode escapes in bare keys. Scalars are in
/// `JSONParser+Scalars.swift`.
struct JSONParser {
  enum Dialect {
    /// RFC 8259, with distinct keys as RFC 7493 asks for.
    case strict
    /// With comments, bare keys, single quotes, trailing commas and more numbers. Repeated keys are
    /// left to the reader, who may report them with other mistakes.
    case json5
  }

  /// Objects and lists may be nested this deep; the call stack grows with them.
  static let depthLimit = 64

  let bytes: ArraySlice<UInt8>
  let dialect: Dialect
  private let name: String
  private let category: InputError.Category
  private(set) var index: Int
  private var line: Int
  private var lineStart: Int
  /// UTF-8 continuation bytes since `lineStart`, which take no column.
  private var continuationBytes = 0
  private var depth = 0

  fileprivate init(
    _ bytes: ArraySlice<UInt8>, _ dialect: Dialect, name: String, line: Int,
    category: InputError.Category
  ) {
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    self.bytes = isMarked ? bytes.dropFirst(3) : bytes
    self.dialect = dialect
    self.name = name
    self.category = category
    self.line = line
    index = self.bytes.startIndex
    lineStart = index
  }

  fileprivate mutating func document() throws(InputError) -> JSONValue {
    try checkEncoding()
    try skipBlanks()
    let value = try value()
    try skipBlanks()
    guard index == bytes.endIndex else {
      throw unexpected(
        expected: "the end of the text", remedy: "Remove what follows the closing bracket")
    }
    return value
  }

  // MARK: Structure

  private mutating func value() throws(InputError) -> JSONValue {
    switch peek ?? "\0" {
    case "{": return .object(try nested { parser throws(InputError) in try parser.members() })
    case "[": return .array(try nested { parser throws(InputError) in try parser.elements() })
    case _ where startsString: return .string(try string())
    case "+", "-", ".", "0"..."9": return .number(try number())
    case _ where continuesWord: return try word()
    default:
      throw unexpected(
        expected: "a value", remedy: "Write a number, true, false, text in quotes, [ or {")
    }
  }

  private mutating func nested<Result>(
    _ body: (inout Self) throws(InputError) -> Result
  ) throws(InputError) -> Result {
    guard depth < Self.depthLimit else {
      throw error(
        at: position, found: "more than \(Self.depthLimit) nested brackets",
        expected: "at most \(Self.depthLimit)", remedy: "Remove the brackets that are too many")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func members() throws(InputError) -> [JSONMember] {
    let opening = position
    advance()
    var members: [JSONMember] = []
    var keys: Set<ExactKey> = []
    try skipBlanks()
    while !consume("}") {
      let keyPosition = position
      let key = try key(objectOpenedAt: opening)
      if dialect == .strict, !keys.insert(ExactKey(text: key)).inserted {
        throw error(
          at: keyPosition, found: "the key \(JSONValue.quoted(key)) a second time",
          expected: "each key once", remedy: "Remove one of the two")
      }
      try skipBlanks()
      guard consume(":") else {
        throw unexpected(
          expected: "\":\" after the key \(JSONValue.quoted(key))",
          remedy: "Write each entry as key: value")
      }
      try skipBlanks()
      let valuePosition = position
      members.append(
        JSONMember(
          key: key, value: try value(), keyPosition: keyPosition, valuePosition: valuePosition))
      try endElement(closing: "}", openedAt: opening)
    }
    return members
  }

  private mutating func elements() throws(InputError) -> [JSONValue] {
    let opening = position
    advance()
    var elements: [JSONValue] = []
    try skipBlanks()
    while !consume("]") {
      elements.append(try value())
      try endElement(closing: "]", openedAt: opening)
    }
    return elements
  }

  /// Steps over the comma and the blanks behind an element, up to the next one or the bracket.
  private mutating func endElement(
    closing: Unicode.Scalar, openedAt opening: TextPosition
  ) throws(InputError) {
    try skipBlanks()
    if consume(",") {
      try skipBlanks()
      if dialect == .strict, peek == closing {
        throw unexpected(
          expected: closing == "}" ? "a key in double quotes" : "a value",
          remedy: "Remove the comma before it")
      }
    } else if peek != closing {
      throw unexpected(
        expected: "\",\" or \"\(closing)\"",
        remedy: closingRemedy(opening) ?? "Put a comma before it")
    }
  }

  private mutating func key(objectOpenedAt opening: TextPosition) throws(InputError) -> String {
    if startsString { return try string() }
    guard dialect == .json5 else {
      throw unexpected(
        expected: "a key in double quotes or \"}\"",
        remedy: closingRemedy(opening) ?? "Put the key in double quotes")
    }
    guard continuesWord, !("0"..."9").contains(peek ?? "0") else {
      throw unexpected(
        expected: "a key or \"}\"",
        remedy: closingRemedy(opening)
          ?? "Write a name of letters, digits and underscores, or put it in quotes")
    }
    return bareWord()
  }

  private func closingRemedy(_ opening: TextPosition) -> String? {
    index == bytes.endIndex ? "Close the bracket opened in line \(opening.line)" : nil
  }

  // MARK: Bytes

  /// The next byte as a scalar, or nil at the end; all that JSON gives a meaning is ASCII.
  var peek: Unicode.Scalar? { index < bytes.endIndex ? Unicode.Scalar(bytes[index]) : nil }

  /// Where the next byte stands.
  var position: TextPosition {
    TextPosition(line: line, column: index - lineStart - continuationBytes + 1)
  }

  /// Steps over one byte, of which there must be one.
  mutating func advance() {
    let byte = bytes[index]
    index += 1
    if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && peek != "\n") {
      line += 1
      lineStart = index
      continuationBytes = 0
    } else if byte & 0xC0 == 0x80 {
      continuationBytes += 1
    }
  }

  mutating func consume(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    advance()
    return true
  }

  /// Whether `text` comes next.
  func comes(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

  // MARK: Blanks

  private mutating func skipBlanks() throws(InputError) {
    while true {
      switch peek ?? "\0" {
      case " ", "\t", "\n", "\r": advance()
      case _ where dialect == .strict: return
      case "/" where comes("//"):
        while let next = peek, next != "\n" && next != "\r" { advance() }
      case "/" where comes("/*"): try skipBlockComment()
      default:
        guard let length = blankLength else { return }
        for _ in 0..<length { advance() }
      }
    }
  }

  /// The bytes of the blank here that only JSON5 knows, or nil where there is none.
  var blankLength: Int? {
    switch peek ?? "\0" {
    case "\u{0B}", "\u{0C}": 1
    case "\u{80}"..."\u{FF}":
      Self.longBlanks.first { bytes[index...].starts(with: $0) }?.count
    default: nil
    }
  }

  private static let longBlanks: [[UInt8]] =
    ["\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}"].map { Array($0.utf8) }

  private mutating func skipBlockComment() throws(InputError) {
    let opening = position
    advance()
    advance()
    while index < bytes.endIndex {
      if consume("*") {
        if consume("/") { return }
      } else {
        advance()
      }
    }
    throw error(
      at: opening, found: "a comment without end", expected: "\"*/\"", remedy: "Close the comment")
  }

  // MARK: Errors

  func error(
    at position: TextPosition, found: String, expected: String, remedy: String
  ) -> InputError {
    InputError(
      category, "\(name):\(position.line):\(position.column)", found: found, expected: expected,
      remedy: remedy)
  }

  /// Returns the error that the character here, or the end of the text, is not what should follow.
  func unexpected(expected: String, remedy: String) -> InputError {
    let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars
    let found = rest.first.map { JSONValue.quoted(String($0)) } ?? "the end of the text"
    return error(at: position, found: found, expected: expected, remedy: remedy)
  }

  private mutating func checkEncoding() throws(InputError) {
    var decoder = ScalarDecoder(bytes)
    do throws(MalformedUTF8) {
      while try decoder.next() != nil {}
    } catch {
      while index < error.index { advance() }
      throw self.error(
        at: position, found: "bytes that are not UTF-8", expected: "text in UTF-8",
        remedy: "Save the file as UTF-8 text")
    }
  }
}

/// A key that equals only keys of the same bytes.
private struct ExactKey: Hashable {
  let text: String

  static func == (first: ExactKey, second: ExactKey) -> Bool {
    first.text.utf8.elementsEqual(second.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

extension JSONValue {
  /// Reads the one value that `bytes` hold.
  ///
  /// - Parameters:
  ///   - bytes: A text in UTF-8, with or without byte order mark.
  ///   - dialect: What else than strict JSON to take.
  ///   - name: The file's name in errors.
  ///   - line: The line of the file on which the text begins.
  ///   - category: What kind of mistake a malformed text is.
  /// - Throws: ``InputError`` at the first syntax mistake; its subject is `name:line:column`.
  init(
    parsing bytes: ArraySlice<UInt8>, as dialect: JSONParser.Dialect = .strict, name: String,
    line: Int = 1, category: InputError.Category = .badData
  ) throws(InputError) {
    var parser = JSONParser(bytes, dialect, name: name, line: line, category: category)
    self = try parser.document()
  }
}
