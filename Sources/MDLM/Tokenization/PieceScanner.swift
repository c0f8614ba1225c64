/// Finds where the pieces of a text end, by hand-written matchers of the known patterns.
///
/// The text may hold any bytes; one that belongs to no well-formed character is a character of its
/// own, neither letter nor number nor blank.
struct PieceScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  private let classes = ScalarClass.table

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The class of the character at `index` and the number of its bytes.
  @inline(__always)
  func character(at index: Int) -> (class: ScalarClass, length: Int) {
    let first = bytes[index]
    return first < 0x80 ? (classes[Int(first)], 1) : longCharacter(first, at: index)
  }

  private func longCharacter(_ first: UInt8, at index: Int) -> (ScalarClass, Int) {
    @inline(__always) func continuation(_ offset: Int) -> UInt32? {
      guard index + offset < bytes.count else { return nil }
      let byte = bytes[index + offset]
      return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
    }
    switch first {
    case 0xC2...0xDF:
      guard let second = continuation(1) else { break }
      return (classes[Int(UInt32(first & 0x1F) << 6 | second)], 2)
    case 0xE0...0xEF:
      guard let second = continuation(1), let third = continuation(2) else { break }
      let code = UInt32(first & 0x0F) << 12 | second << 6 | third
      // Overlong forms and surrogates are malformed.
      if code < 0x800 || 0xD800...0xDFFF ~= code { break }
      return (.of(code), 3)
    case 0xF0...0xF4:
      guard let second = continuation(1), let third = continuation(2),
        let fourth = continuation(3)
      else { break }
      let code = UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth
      if !(0x10000...0x10FFFF ~= code) { break }
      return (.of(code), 4)
    default: break
    }
    return (.other, 1)
  }

  /// The end of the characters from `start` on that have a class of `classes`.
  @inline(__always)
  func end(of classes: ScalarClass, from start: Int) -> Int {
    var index = start
    while index < bytes.count {
      let next = character(at: index)
      if next.class.isDisjoint(with: classes) { break }
      index += next.length
    }
    return index
  }

  /// Whether the bytes from `index` on are, or are in small letters, `letters`.
  @inline(__always)
  private func has(_ letters: StaticString, at index: Int, ignoringCase: Bool) -> Bool {
    let count = letters.utf8CodeUnitCount
    guard index + count <= bytes.count else { return false }
    for offset in 0..<count {
      let byte = bytes[index + offset]
      if (ignoringCase ? byte | 0x20 : byte) != letters.utf8Start[offset] { return false }
    }
    return true
  }
}

// MARK: - Parts of patterns

extension PieceScanner {
  /// Matches `'s|'t|'re|'ve|'m|'ll|'d` at `start`; nil where it does not.
  @inline(__always)
  func contractionEnd(from start: Int, ignoringCase: Bool) -> Int? {
    guard start + 1 < bytes.count, bytes[start] == UInt8(ascii: "'") else { return nil }
    let letter = ignoringCase ? bytes[start + 1] | 0x20 : bytes[start + 1]
    switch letter {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return has("e", at: start + 2, ignoringCase: ignoringCase) ? start + 3 : nil
    case UInt8(ascii: "l"):
      return has("l", at: start + 2, ignoringCase: ignoringCase) ? start + 3 : nil
    default:
      // The long s, U+017F, is an s to whom case means nothing.
      let isLongS =
        ignoringCase && start + 2 < bytes.count && bytes[start + 1] == 0xC5
        && bytes[start + 2] == 0xBF
      return isLongS ? start + 3 : nil
    }
  }

  /// Matches `\s+(?!\S)|\s+`, of which one blank begins at `start`.
  ///
  /// Before a word the last blank stays behind: it mostly belongs to the word.
  func blanksEnd(from start: Int) -> Int {
    var (last, index) = (start, start)
    while index < bytes.count {
      let next = character(at: index)
      guard next.class.contains(.blank) else { return last > start ? last : index }
      last = index
      index += next.length
    }
    return index
  }

  /// Matches `\s*[\r\n]+|\s+(?!\S)|\s+`, of which one blank begins at `start`.
  func linesEnd(from start: Int) -> Int {
    let end = end(of: .blank, from: start)
    // The last line end among the blanks; bytes of other characters are no line ends.
    let lineEnd = (start..<end).last { bytes[$0] == 0x0A || bytes[$0] == 0x0D }
    return lineEnd.map { $0 + 1 } ?? blanksEnd(from: start)
  }

  /// The end of the digits, or else of what is none, from `start` on.
  func digitsEnd(from start: Int, ofDigits: Bool) -> Int {
    var index = start
    while index < bytes.count {
      let next = character(at: index)
      guard next.class.contains(.digit) == ofDigits else { break }
      index += next.length
    }
    return index
  }

  /// Matches `\p{N}{1,limit}`, of which one digit ends at `start`.
  @inline(__always)
  func numberEnd(from start: Int, limit: Int) -> Int {
    var index = start
    for _ in 1..<limit where index < bytes.count {
      let next = character(at: index)
      guard next.class.contains(.number) else { break }
      index += next.length
    }
    return index
  }
}

// MARK: - Patterns

extension PieceScanner {
  /// Matches ``SplitPattern/gpt2``.
  @inline(__always)
  func gpt2End(from start: Int) -> Int {
    var (kind, length) = character(at: start)
    if bytes[start] == UInt8(ascii: " "), start + 1 < bytes.count {
      let next = character(at: start + 1)
      (kind, length) = (next.class, next.length + 1)
    } else if let end = contractionEnd(from: start, ignoringCase: false) {
      return end
    }
    if kind.contains(.blank) { return blanksEnd(from: start) }
    return end(of: kind.intersection([.letter, .number, .other]), from: start + length)
  }

  /// Matches ``SplitPattern/cl100k``, with `digits` as the most digits of a piece.
  @inline(__always)
  func cl100kEnd(from start: Int, digits: Int) -> Int {
    if let end = contractionEnd(from: start, ignoringCase: true) { return end }
    let (kind, length) = character(at: start)
    if kind.contains(.letter) { return end(of: .letter, from: start + length) }
    if kind.contains(.number) { return numberEnd(from: start + length, limit: digits) }
    let next = start + length < bytes.count ? character(at: start + length).class : []
    if next.contains(.letter), !kind.contains(.lineEnd) {
      return end(of: .letter, from: start + length)
    }
    return othersEnd(from: start, kind, next, tail: 0x0A) ?? linesEnd(from: start)
  }

  /// Matches ` ?[^\s\p{L}\p{N}]+[\r\n]*`, where `tail` may be one more byte that goes on.
  @inline(__always)
  func othersEnd(
    from start: Int, _ kind: ScalarClass, _ next: ScalarClass, tail: UInt8
  ) -> Int? {
    let isSpaced = bytes[start] == UInt8(ascii: " ") && next.contains(.other)
    guard isSpaced || kind.contains(.other) else { return nil }
    var index = end(of: .other, from: isSpaced ? start + 1 : start)
    while index < bytes.count, [0x0A, 0x0D, tail].contains(bytes[index]) { index += 1 }
    return index
  }

  /// Matches ``SplitPattern/o200k``.
  func o200kEnd(from start: Int) -> Int {
    let (kind, length) = character(at: start)
    if kind.contains(.number) { return numberEnd(from: start + length, limit: 3) }
    let isPrefix = kind.isDisjoint(with: [.letter, .number, .lineEnd])
    // The order of the alternatives, and of what a backtracking matcher tries in each.
    if isPrefix, let end = closedWordEnd(from: start + length) { return end }
    if let end = closedWordEnd(from: start) { return end }
    if isPrefix, let end = openWordEnd(from: start + length) { return end }
    if let end = openWordEnd(from: start) { return end }
    let next = start + length < bytes.count ? character(at: start + length).class : []
    return othersEnd(from: start, kind, next, tail: UInt8(ascii: "/")) ?? linesEnd(from: start)
  }

  /// Matches `[opening]*[closing]+` and a contraction behind it.
  private func closedWordEnd(from start: Int) -> Int? {
    var index = start
    var lastClosing: Int?
    while index < bytes.count {
      let next = character(at: index)
      if !next.class.contains(.opening) {
        if next.class.contains(.closing) { lastClosing = index }
        break
      }
      if next.class.contains(.closing) { lastClosing = index }
      index += next.length
    }
    guard let lastClosing else { return nil }
    let end = end(of: .closing, from: lastClosing)
    return contractionEnd(from: end, ignoringCase: true) ?? end
  }

  /// Matches `[opening]+` and a contraction behind it, where no closing character follows.
  private func openWordEnd(from start: Int) -> Int? {
    let end = end(of: .opening, from: start)
    guard end > start else { return nil }
    return contractionEnd(from: end, ignoringCase: true) ?? end
  }
}
