// Foundation Essentials has no normalization forms.
import Foundation

/// A Unicode normalization form, as of Unicode 9 like the tables of Hugging Face `tokenizers`.
enum NormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// Normalizes `text`; characters from after Unicode 9 stay, and nothing moves across them.
  func applied(to text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy(\.isASCII) { return text }
    var result: [Unicode.Scalar] = []
    var rest = text[...]
    while let index = rest.firstIndex(where: { !$0.isASCII && !$0.isFromUnicode(9) }) {
      result.append(contentsOf: whole(rest[..<index]))
      result.append(rest[index])
      rest = rest[(index + 1)...]
    }
    result.append(contentsOf: whole(rest))
    return result
  }

  private func whole(_ scalars: ArraySlice<Unicode.Scalar>) -> String.UnicodeScalarView {
    var characters = String.UnicodeScalarView()
    for scalar in scalars {
      if let marks = marks(of: scalar) {
        characters.append(contentsOf: marks)
      } else {
        characters.append(scalar)
      }
    }
    let text = String(characters)
    let normalized =
      switch self {
      case .nfc: text.precomposedStringWithCanonicalMapping
      case .nfd: text.decomposedStringWithCanonicalMapping
      case .nfkc: text.precomposedStringWithCompatibilityMapping
      case .nfkd: text.decomposedStringWithCompatibilityMapping
      }
    return normalized.unicodeScalars
  }

  /// The marks that a character decomposes to that is none itself, or nil for other characters.
  ///
  /// Foundation does not put such marks in order with those around them.
  private func marks(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    let isCompatible = self == .nfkc || self == .nfkd
    return switch scalar {
    case "\u{F73}": ["\u{F71}", "\u{F72}"]
    case "\u{F75}": ["\u{F71}", "\u{F74}"]
    case "\u{F81}": ["\u{F71}", "\u{F80}"]
    case "\u{FF9E}" where isCompatible: ["\u{3099}"]
    case "\u{FF9F}" where isCompatible: ["\u{309A}"]
    default: nil
    }
  }
}

/// The canonical decomposition of single characters.
enum CanonicalDecomposition {
  /// Calls `body` with what `scalar` decomposes to, in full.
  static func forEachScalar(of scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
    switch scalar.value {
    case 0..<0xC0: body(scalar)
    case 0xAC00...0xD7A3:
      // A syllable of Hangul is made of 19 leading, 21 middle and 27 optional last letters.
      let index = scalar.value - 0xAC00
      let last = index % 28
      let letters = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + last]
      letters.prefix(last == 0 ? 2 : 3).lazy.compactMap(Unicode.Scalar.init).forEach(body)
    default: table[scalar]?.forEach(body) ?? body(scalar)
    }
  }

  /// The canonical combining class; marks from after Unicode 9 have none.
  static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
    guard scalar.value >= 0x300 else { return 0 }
    let order = scalar.properties.canonicalCombiningClass.rawValue
    return order != 0 && scalar.isFromUnicode(9) ? order : 0
  }

  /// Every character with a decomposition, the syllables of Hangul aside.
  private static let table: [Unicode.Scalar: [Unicode.Scalar]] = {
    let blocks: [ClosedRange<UInt32>] = [
      0xC0...0x30FF, 0xF900...0xFB4F, 0x11080...0x115FF, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D,
    ]
    let scalars = blocks.joined().compactMap(Unicode.Scalar.init)
    // One call for all: each costs more than the work it does.
    let text = scalars.flatMap { scalar -> [Unicode.Scalar] in [scalar, "\n"] }
    let parts = NormalizationForm.nfd.applied(to: text).split(separator: "\n")
    var table: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for (scalar, part) in zip(scalars, parts) where !part.elementsEqual([scalar]) {
      table[scalar] = Array(part)
    }
    return table
  }()
}
