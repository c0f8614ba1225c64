/// What the patterns that split text ask of a character: `\p{L}`, `\p{N}`, `\s` and finer classes.
///
/// Every character has exactly one of ``letter``, ``number``, ``blank`` and ``other``.
struct ScalarClass: OptionSet, Sendable {
  let rawValue: UInt8

  /// `\p{L}`.
  static let letter = ScalarClass(rawValue: 1)
  /// `\p{N}` of the patterns.
  static let number = ScalarClass(rawValue: 2)
  /// `\s`: the property White_Space.
  static let blank = ScalarClass(rawValue: 4)
  /// `[^\s\p{L}\p{N}]`.
  static let other = ScalarClass(rawValue: 8)
  /// `[\r\n]`.
  static let lineEnd = ScalarClass(rawValue: 16)
  /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`: what opens a word.
  static let opening = ScalarClass(rawValue: 32)
  /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`: what closes a word.
  static let closing = ScalarClass(rawValue: 64)
  /// What `Digits` takes for a digit: ``number`` and what became one since.
  static let digit = ScalarClass(rawValue: 128)
}

extension ScalarClass {
  /// The classes of all code points below ``tableSize``.
  ///
  /// It is made once for the whole program, and so never freed.
  nonisolated(unsafe) static let table: UnsafePointer<ScalarClass> = {
    let table = UnsafeMutablePointer<ScalarClass>.allocate(capacity: tableSize)
    for code in 0..<tableSize {
      let scalar = Unicode.Scalar(UInt32(code))
      (table + code).initialize(to: scalar.map(ScalarClass.init(of:)) ?? .other)
    }
    return UnsafePointer(table)
  }()

  /// Beyond lie only variation selectors, private use, and what is not assigned yet.
  static let tableSize = 0x33480

  /// The class of the code point `code`.
  @inline(__always)
  static func of(_ code: UInt32) -> ScalarClass {
    if code < tableSize { return table[Int(code)] }
    return (0xE0100...0xE01EF).contains(code) ? [.other, .opening, .closing] : .other
  }

  private init(of scalar: Unicode.Scalar) {
    let category = scalar.properties.generalCategory
    guard scalar.isKnownToPatterns else {
      let isDigit = [.decimalNumber, .letterNumber, .otherNumber].contains(category)
      self = isDigit ? [.other, .digit] : .other
      return
    }
    // Unicode 17 moved this letter from Ll to Lo.
    if scalar == "\u{295}" {
      self = [.letter, .closing]
      return
    }
    switch category {
    case .uppercaseLetter, .titlecaseLetter: self = [.letter, .opening]
    case .lowercaseLetter: self = [.letter, .closing]
    case .modifierLetter, .otherLetter: self = [.letter, .opening, .closing]
    case .nonspacingMark, .spacingMark, .enclosingMark: self = [.other, .opening, .closing]
    case .decimalNumber, .letterNumber, .otherNumber: self = [.number, .digit]
    case _ where scalar == "\r" || scalar == "\n": self = [.blank, .lineEnd]
    default: self = scalar.properties.isWhitespace ? .blank : .other
    }
  }
}

extension Unicode.Scalar {
  /// Whether the character was there in Unicode 16, which the regular expressions of Hugging Face
  /// `tokenizers` 0.23 know.
  ///
  /// Ids must not change with the library that a program runs on: what came later is no letter.
  var isKnownToPatterns: Bool { properties.age.map { $0.major <= 16 } ?? false }
}
