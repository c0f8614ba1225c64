/// One replacement in a ``Detokenizer``'s chain.
///
/// Each one stands for a call of Python's `str.replace` or `re.sub` and finds what that finds: from
/// left to right, without overlaps. All take one pass.
enum DetokenizationRule: Sendable {
  /// Puts the second text for the first.
  case replace(String, String)
  /// `/' 5/` becomes `/'[0-9]/`.
  case digitBetweenSlashes
  /// Drops white space after an opening mark and before the next closing mark.
  case trimInside(Unicode.Scalar, Unicode.Scalar)
  /// Drops one space on either side of what two marks enclose, where both are there.
  case dropSpacesInside(Unicode.Scalar, Unicode.Scalar)
  /// ` 'word` becomes `'word`.
  case joinApostropheToWord
  /// ` word . ` becomes ` word. `.
  case joinPeriodInside
  /// ` word .` at the end becomes ` word.`.
  case joinPeriodAtEnd
  /// Drops the space in front of this mark at the end.
  case joinAtEnd(Unicode.Scalar)
  /// Drops white space at both ends and puts a newline in front.
  case trimWholeAfterNewline

  func apply(to text: inout [UInt8]) {
    switch self {
    case .replace(let old, let new): Self.replace(Array(old.utf8), with: Array(new.utf8), in: &text)
    case .digitBetweenSlashes: Self.replaceDigitBetweenSlashes(in: &text)
    case .trimInside(let open, let close):
      Self.trimInside(UInt8(ascii: open), UInt8(ascii: close), in: &text)
    case .dropSpacesInside(let open, let close):
      Self.dropSpacesInside(UInt8(ascii: open), UInt8(ascii: close), in: &text)
    case .joinApostropheToWord: Self.joinApostropheToWord(in: &text)
    case .joinPeriodInside: Self.joinPeriodInside(in: &text)
    case .joinPeriodAtEnd: Self.joinPeriodAtEnd(in: &text)
    case .joinAtEnd(let mark): Self.joinAtEnd(UInt8(ascii: mark), in: &text)
    case .trimWholeAfterNewline: text = [Self.newline] + SourceText.trimmed(text[...])
    }
  }
}

// MARK: - Literal text

extension DetokenizationRule {
  static func replace(_ old: [UInt8], with new: [UInt8], in text: inout [UInt8]) {
    edit(&text) { text, index in
      text[index] == old[0] && text[index...].starts(with: old) ? (old.count, new[...]) : nil
    }
  }

  private static func replaceDigitBetweenSlashes(in text: inout [UInt8]) {
    edit(&text) { text, index in
      guard text[index] == slash, index + 4 < text.count, text[index + 1] == apostrophe,
        text[index + 2] == space, isDigit(text[index + 3]), text[index + 4] == slash
      else { return nil }
      return (5, Array("/'[0-9]/".utf8)[...])
    }
  }

  /// Goes through `text` and lets `match` say, for an index, how many bytes are replaced by what.
  private static func edit(
    _ text: inout [UInt8], match: ([UInt8], Int) -> (count: Int, new: ArraySlice<UInt8>)?
  ) {
    var result: [UInt8] = []
    var copied = 0
    var index = 0
    while index < text.count {
      guard let (count, new) = match(text, index) else {
        index += 1
        continue
      }
      result += text[copied..<index]
      result += new
      index += count
      copied = index
    }
    guard copied > 0 else { return }
    result += text[copied...]
    text = result
  }
}

// MARK: - What marks enclose

extension DetokenizationRule {
  /// `OPEN\s*([^CLOSE]*?)\s*CLOSE` becomes `OPEN\1CLOSE`.
  private static func trimInside(_ open: UInt8, _ close: UInt8, in text: inout [UInt8]) {
    var result: [UInt8] = []
    var copied = 0
    while let start = text[copied...].firstIndex(of: open),
      let end = text[(start + 1)...].firstIndex(of: close)
    {
      result += text[copied...start]
      result += SourceText.trimmed(text[start + 1..<end])
      result.append(close)
      copied = end + 1
    }
    guard copied > 0 else { return }
    result += text[copied...]
    text = result
  }

  /// `OPEN ([^OPEN CLOSE]+) CLOSE` becomes `OPEN\1CLOSE`, with at least one byte between the spaces.
  private static func dropSpacesInside(_ open: UInt8, _ close: UInt8, in text: inout [UInt8]) {
    edit(&text) { text, start in
      guard text[start] == open, start + 4 < text.count, text[start + 1] == space,
        let end = text[(start + 2)...].firstIndex(where: { $0 == open || $0 == close }),
        text[end] == close, end >= start + 4, text[end - 1] == space
      else { return nil }
      return (end + 1 - start, [open] + text[start + 2..<end - 1] + [close])
    }
  }
}

// MARK: - Words and marks

extension DetokenizationRule {
  private static func joinApostropheToWord(in text: inout [UInt8]) {
    edit(&text) { text, index in
      guard text[index] == space, index + 2 < text.count, text[index + 1] == apostrophe,
        endOfWord(from: index + 2, in: text) > index + 2
      else { return nil }
      return (2, [apostrophe])
    }
  }

  private static func joinPeriodInside(in text: inout [UInt8]) {
    edit(&text) { text, index in
      guard text[index] == space else { return nil }
      let end = endOfWord(from: index + 1, in: text)
      guard end > index + 1, text[end...].starts(with: [space, period, space]) else { return nil }
      return (end + 3 - index, text[index..<end] + [period, space])
    }
  }

  private static func joinPeriodAtEnd(in text: inout [UInt8]) {
    let end = endOfLastLine(of: text)
    guard text[..<end].suffix(2) == [space, period],
      let start = text[..<(end - 2)].lastIndex(of: space), start + 1 < end - 2,
      endOfWord(from: start + 1, in: text) == end - 2
    else { return }
    text.remove(at: end - 2)
  }

  private static func joinAtEnd(_ mark: UInt8, in text: inout [UInt8]) {
    let end = endOfLastLine(of: text)
    if text[..<end].suffix(2) == [space, mark] { text.remove(at: end - 2) }
  }

  /// Where `$` matches: at the end, or in front of a newline that ends the text.
  private static func endOfLastLine(of text: [UInt8]) -> Int {
    text.last == newline ? text.count - 1 : text.count
  }
}

// MARK: - Characters

extension DetokenizationRule {
  private static let space = UInt8(ascii: " ")
  private static let newline = UInt8(ascii: "\n")
  private static let slash = UInt8(ascii: "/")
  private static let period = UInt8(ascii: ".")
  private static let apostrophe = UInt8(ascii: "'")

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Where a run of `\w` ends: letters, numbers and the underscore.
  private static func endOfWord(from start: Int, in text: [UInt8]) -> Int {
    var decoder = ScalarDecoder(text[start...])
    var end = start
    while let scalar = try? decoder.next(), isWord(scalar) { end = decoder.index }
    return end
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    case "\0"..."\u{7F}": false
    default:
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
        true
      default: scalar.properties.numericType != nil
      }
    }
  }
}
