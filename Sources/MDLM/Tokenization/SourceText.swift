/// UTF-8 text together with where it stands, so that a mistake in it can be pointed at.
public struct SourceText: Sendable, Equatable {
  /// The text itself.
  public let bytes: ArraySlice<UInt8>
  /// The file, or what else the text is.
  public let name: String
  /// The line of the file on which the text begins, from 1, or nil where lines say nothing.
  public let line: Int?
  /// The offset in the file at which the text begins.
  public let byteOffset: Int

  public init(_ bytes: ArraySlice<UInt8>, name: String, line: Int? = 1, byteOffset: Int = 0) {
    self.bytes = bytes
    self.name = name
    self.line = line
    self.byteOffset = byteOffset
  }

  /// A text that comes from no file, such as a prompt.
  public init(_ text: String) {
    self.init(Array(text.utf8)[...], name: "the text", line: nil)
  }

  /// The number of Unicode scalars, given that the text is well-formed.
  public var characterCount: Int { Self.characterCount(of: bytes) }

  /// The number of Unicode scalars that begin in `bytes`.
  static func characterCount(of bytes: ArraySlice<UInt8>) -> Int {
    // Every byte begins a scalar but the continuation bytes 10xxxxxx.
    bytes.reduce(into: 0) { count, byte in count += byte & 0xC0 == 0x80 ? 0 : 1 }
  }

  /// The part from index `start` of ``bytes`` on, up to `end`.
  func part(from start: Int, to end: Int) -> SourceText {
    SourceText(
      bytes[start..<end], name: name, line: line(at: start),
      byteOffset: byteOffset + start - bytes.startIndex)
  }

  private func line(at index: Int) -> Int? {
    line.map { first in first + bytes[..<index].count { $0 == UInt8(ascii: "\n") } }
  }
}

// MARK: - Characters

extension SourceText {
  /// Calls `body` with every scalar and the index at which it begins.
  ///
  /// - Parameter body: What to do with a scalar; it may throw to stop.
  /// - Throws: ``InputError`` where the text is malformed, and what `body` throws.
  func forEachScalar(
    _ body: (Unicode.Scalar, Int) throws(InputError) -> Void
  ) throws(InputError) {
    var decoder = ScalarDecoder(bytes)
    while true {
      let start = decoder.index
      let scalar: Unicode.Scalar?
      do {
        scalar = try decoder.next()
      } catch {
        throw malformed(at: error.index)
      }
      guard let scalar else { return }
      try body(scalar, start)
    }
  }
}

// MARK: - Lines

extension SourceText {
  /// Calls `body` with every line, without its LF or CR LF, and whether it has such an end.
  func forEachLine(_ body: (SourceText, _ hasEnd: Bool) -> Void) {
    var (start, number) = (bytes.startIndex, line)
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
      let hasEnd = end < bytes.endIndex
      let isCarriageReturn = hasEnd && end > start && bytes[end - 1] == 0x0D
      let content = bytes[start..<(isCarriageReturn ? end - 1 : end)]
      let offset = byteOffset + start - bytes.startIndex
      body(SourceText(content, name: name, line: number, byteOffset: offset), hasEnd)
      number = number.map { $0 + 1 }
      start = end + 1
    }
  }

  /// The line without white space at its ends, as Python's `str.strip` leaves it.
  var trimmed: SourceText {
    let content = Self.trimmed(bytes)
    return SourceText(
      content, name: name, line: line,
      byteOffset: byteOffset + content.startIndex - bytes.startIndex)
  }

  /// The text without white space at its ends, which is what Python takes for it.
  static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var decoder = ScalarDecoder(text)
    var start = text.startIndex
    while let scalar = try? decoder.next(), isSpace(scalar) { start = decoder.index }
    var rest = text[start...]
    while let last = rest.lastIndex(where: { $0 & 0xC0 != 0x80 }) {
      var decoder = ScalarDecoder(rest[last...])
      guard let scalar = try? decoder.next(), decoder.index == rest.endIndex, isSpace(scalar) else {
        break
      }
      rest = rest[..<last]
    }
    return rest
  }

  /// What Python's `\s` and `str.strip` take for white space: the separators of ASCII too.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t"..."\r", "\u{1C}"..." ", "\u{85}", "\u{A0}", "\u{1680}", "\u{2000}"..."\u{200A}",
      "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{3000}":
      true
    default: false
    }
  }

  /// Whether the byte is white space of ASCII.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Where the text ends without its last LF or CR LF.
  var endWithoutLineEnd: Int {
    guard bytes.last == 0x0A else { return bytes.endIndex }
    let rest = bytes.dropLast()
    return rest.last == 0x0D ? rest.endIndex - 1 : rest.endIndex
  }

  /// Other bytes that stand for this text.
  func replacing(_ bytes: some Sequence<UInt8>) -> SourceText {
    SourceText(Array(bytes)[...], name: name, line: line, byteOffset: byteOffset)
  }

  /// Checks that the text is UTF-8 and has no NUL, which tells files that are no text.
  func checkCharacters() throws(InputError) {
    var index = bytes.startIndex
    let end = bytes.endIndex
    while index < end {
      // Most text is ASCII: eight bytes at once, none of them 0 or from 0x80 on.
      if let next = plainEnd(from: index), next > index {
        index = next
        continue
      }
      if bytes[index] == 0 {
        throw mistake(
          at: index, found: "a NUL byte", expected: "text",
          remedy: "Check that this is a text file; tr -d '\\000' removes them")
      }
      var decoder = ScalarDecoder(bytes[index...])
      do { _ = try decoder.next() } catch { throw malformed(at: error.index) }
      index = decoder.index
    }
  }

  /// The end of the plain ASCII from `start` on, in steps of eight bytes.
  private func plainEnd(from start: Int) -> Int? {
    bytes.withUnsafeBytes { buffer in
      var offset = start - bytes.startIndex
      while offset + 8 <= buffer.count {
        let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let zeros = (word &- 0x0101_0101_0101_0101) & ~word
        guard (word | zeros) & 0x8080_8080_8080_8080 == 0 else { break }
        offset += 8
      }
      return offset + bytes.startIndex
    }
  }
}

// MARK: - Mistakes in text

extension SourceText {
  /// A mistake that begins at `index` of ``bytes``.
  func mistake(
    at index: Int, found: String, expected: String, remedy: String
  ) -> InputError {
    let subject = line(at: index).map { "\(name):\($0)" } ?? name
    return InputError(
      .badData, subject, found: "\(found) at byte \(byteOffset + index - bytes.startIndex)",
      expected: expected, remedy: remedy)
  }

  /// The mistake that the bytes at `index` are no UTF-8.
  func malformed(at index: Int) -> InputError {
    mistake(
      at: index, found: "malformed UTF-8 (\(Self.hexadecimal(bytes[index])))",
      expected: "UTF-8 text",
      remedy: "Convert the text to UTF-8 (iconv -f latin1 -t utf-8, say), or repair that byte")
  }

  /// The mistake that `scalar` at `index` is not in the vocabulary.
  func unknown(_ scalar: Unicode.Scalar, at index: Int) -> InputError {
    mistake(
      at: index, found: "the character \(Self.description(of: scalar))",
      expected: "characters of the tokenizer's vocabulary",
      remedy: "Remove or replace it, or use a tokenizer that knows it (byte knows every text)")
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// `'é' (U+00E9)`, or the code alone for characters that do not print.
  private static func description(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      return code
    default:
      return "'\(scalar)' (\(code))"
    }
  }
}
