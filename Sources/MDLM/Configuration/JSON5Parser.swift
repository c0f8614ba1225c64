/// Reads JSON5 (json5.org): JSON with comments, bare keys, single quotes and trailing commas.
///
/// Unlike Foundation's reader it keeps positions, the order of keys and duplicate keys. Not read are
/// Unicode escapes in bare keys. Scalars are in `JSON5Parser+Scalars.swift`.
struct JSON5Parser {
  /// Objects and lists may be nested this deep; the call stack grows with them.
  static let depthLimit = 32

  let bytes: [UInt8]
  private let name: String
  private(set) var index = 0
  private var line = 1
  private var lineStart = 0
  /// UTF-8 continuation bytes since `lineStart`, which take no column.
  private var continuationBytes = 0
  private var depth = 0

  /// Returns the one value that `bytes` hold.
  ///
  /// - Parameters:
  ///   - bytes: A JSON5 text in UTF-8, with or without byte order mark.
  ///   - name: The file's name in errors.
  /// - Returns: The value with positions.
  /// - Throws: ``InputError`` at the first syntax mistake; its subject is `name:line:column`.
  static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> JSON5Value {
    var parser = Self(bytes: bytes, name: name)
    try parser.checkEncoding()
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      parser.index = 3
      parser.lineStart = 3
    }
    let value = try parser.value()
    try parser.skipBlanks()
    guard parser.index == bytes.count else {
      throw parser.unexpected(
        expected: "the end of the text", remedy: "Remove what follows the closing bracket")
    }
    return value
  }

  private init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  // MARK: Structure

  private mutating func value() throws(InputError) -> JSON5Value {
    try skipBlanks()
    let position = position
    return JSON5Value(content: try content(), position: position)
  }

  private mutating func content() throws(InputError) -> JSON5Value.Content {
    switch peek ?? "\0" {
    case "{": return .object(try nested { parser throws(InputError) in try parser.members() })
    case "[": return .array(try nested { parser throws(InputError) in try parser.elements() })
    case "\"", "'": return .string(try string())
    case "+", "-", ".", "0"..."9": return .number(try number())
    case _ where startsWord: return try word()
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

  private mutating func members() throws(InputError) -> [JSON5Member] {
    let opening = position
    advance()
    var members: [JSON5Member] = []
    while true {
      try skipBlanks()
      if consume("}") { return members }
      let keyPosition = position
      let key = try key(objectOpenedAt: opening)
      try skipBlanks()
      guard consume(":") else {
        throw unexpected(
          expected: "\":\" after the key \(JSON5Value.quoted(key))",
          remedy: "Write each setting as key: value")
      }
      members.append(JSON5Member(key: key, position: keyPosition, value: try value()))
      try endElement(closing: "}", openedAt: opening)
    }
  }

  private mutating func elements() throws(InputError) -> [JSON5Value] {
    let opening = position
    advance()
    var elements: [JSON5Value] = []
    while true {
      try skipBlanks()
      if consume("]") { return elements }
      elements.append(try value())
      try endElement(closing: "]", openedAt: opening)
    }
  }

  private mutating func endElement(
    closing: Unicode.Scalar, openedAt opening: JSON5Position
  ) throws(InputError) {
    try skipBlanks()
    guard !consume(","), peek != closing else { return }
    throw unexpected(
      expected: "\",\" or \"\(closing)\"",
      remedy: index == bytes.count
        ? "Close the bracket opened in line \(opening.line)" : "Put a comma before it")
  }

  private mutating func key(objectOpenedAt opening: JSON5Position) throws(InputError) -> String {
    switch peek ?? "\0" {
    case "\"", "'": return try string()
    case _ where startsWord: return bareWord()
    default:
      throw unexpected(
        expected: "a key or \"}\"",
        remedy: index == bytes.count
          ? "Close the bracket opened in line \(opening.line)"
          : "Write a name of letters, digits and underscores, or put it in quotes")
    }
  }

  // MARK: Bytes

  /// The next byte as a scalar, or nil at the end; all that JSON5 gives a meaning is ASCII.
  var peek: Unicode.Scalar? { index < bytes.count ? Unicode.Scalar(bytes[index]) : nil }

  /// Where the next byte stands.
  var position: JSON5Position {
    JSON5Position(line: line, column: index - lineStart - continuationBytes + 1)
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

  /// Takes the letters, digits, underscores, dollar signs and non-ASCII characters from here on.
  mutating func bareWord() -> String {
    let start = index
    while continuesWord { advance() }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private var startsWord: Bool {
    if case "0"..."9" = peek ?? "\0" { false } else { continuesWord }
  }

  /// Whether the next byte can stand inside a bare word.
  var continuesWord: Bool {
    switch peek ?? "\0" {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    case "\u{80}"..."\u{FF}": blankLength == nil
    default: false
    }
  }

  /// The bytes of the white space or line end here, or nil where there is none.
  private var blankLength: Int? {
    switch peek ?? "\0" {
    case " ", "\t", "\n", "\r", "\u{0B}", "\u{0C}": 1
    case "\u{80}"..."\u{FF}":
      Self.longBlanks.first { bytes[index...].starts(with: $0) }?.count
    default: nil
    }
  }

  private static let longBlanks: [[UInt8]] =
    ["\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}"].map { Array($0.utf8) }

  private mutating func skipBlanks() throws(InputError) {
    while true {
      if let length = blankLength {
        for _ in 0..<length { advance() }
      } else if bytes[index...].starts(with: "//".utf8) {
        while let next = peek, next != "\n" && next != "\r" { advance() }
      } else if bytes[index...].starts(with: "/*".utf8) {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() throws(InputError) {
    let opening = position
    advance()
    advance()
    while index < bytes.count {
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
    at position: JSON5Position, found: String, expected: String, remedy: String
  ) -> InputError {
    InputError(
      .badConfiguration, "\(name):\(position.line):\(position.column)",
      found: found, expected: expected, remedy: remedy)
  }

  /// Returns the error that the character here, or the end of the text, is not what should follow.
  func unexpected(expected: String, remedy: String) -> InputError {
    let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars
    let found = rest.first.map { JSON5Value.quoted(String($0)) } ?? "the end of the text"
    return error(at: position, found: found, expected: expected, remedy: remedy)
  }

  private func checkEncoding() throws(InputError) {
    var position = JSON5Position(line: 1, column: 1)
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    while true {
      switch decoder.decode(&rest) {
      case .emptyInput: return
      case .scalarValue("\n"): position = JSON5Position(line: position.line + 1, column: 1)
      case .scalarValue: position.column += 1
      case .error:
        throw error(
          at: position, found: "bytes that are not UTF-8", expected: "text in UTF-8",
          remedy: "Save the file as UTF-8 text")
      }
    }
  }
}
