// Foundation Essentials has no decompositions.
import Foundation

/// What single characters decompose to, as of Unicode 9, and which two compose to one.
struct CharacterDecomposition: Sendable {
  static let canonical = CharacterDecomposition(
    blocks: [
      0xC0...0x30FF, 0xF900...0xFB4F, 0x11080...0x115FF, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D,
    ], \.decomposedStringWithCanonicalMapping)

  static let compatibility = CharacterDecomposition(
    blocks: [
      0xA0...0x33FF, 0xA640...0xABFF, 0xF900...0xFFFF, 0x11080...0x115FF, 0x1D15E...0x1D7FF,
      0x1EE00...0x1F2FF, 0x2F800...0x2FA1D,
    ], \.decomposedStringWithCompatibilityMapping)

  /// Every character with a decomposition, the syllables of Hangul aside.
  private let table: [Unicode.Scalar: [Unicode.Scalar]]

  /// Takes the decompositions of all characters in `blocks` from Foundation.
  private init(blocks: [ClosedRange<UInt32>], _ mapping: (String) -> String) {
    let scalars = blocks.joined().compactMap(Unicode.Scalar.init).filter { $0.isFromUnicode(9) }
    let parts = Self.mapped(scalars, mapping)
    var table: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for (scalar, part) in zip(scalars, parts) where part != [scalar] { table[scalar] = part }
    self.table = table
  }

  /// What `mapping` makes of each of `scalars`.
  private static func mapped(
    _ scalars: [Unicode.Scalar], _ mapping: (String) -> String
  ) -> [[Unicode.Scalar]] {
    var text = String.UnicodeScalarView()
    for scalar in scalars {
      text.append(scalar)
      text.append("\n")
    }
    // One call for all: each costs more than the work it does.
    return mapping(String(text)).unicodeScalars.split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(Array.init)
  }

  /// Calls `body` with what `scalar` decomposes to, in full.
  func forEachScalar(of scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
    switch scalar.value {
    case 0..<0xA0: body(scalar)
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

  // MARK: Composition

  /// The character that two compose to, or nil where there is none.
  static func composition(
    of first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    switch (first.value, second.value) {
    case (0x1100...0x1112, 0x1161...0x1175):
      Unicode.Scalar(
        0xAC00 + (first.value - 0x1100) * 588 + (second.value - 0x1161) * 28)
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first.value - 0xAC00) % 28 == 0:
      Unicode.Scalar(first.value + second.value - 0x11A7)
    default: compositions[Pair(first: first, second: second)]
    }
  }

  private struct Pair: Hashable {
    let first: Unicode.Scalar
    let second: Unicode.Scalar
  }

  private static let compositions: [Pair: Unicode.Scalar] = {
    let composed = Array(canonical.table.keys)
    // Those that are excluded from composition decompose in the composed form, too.
    let forms = mapped(composed, \.precomposedStringWithCanonicalMapping)
    let wholes = zip(composed, forms).filter { $0.1 == [$0.0] }.map(\.0)
    var byParts: [[Unicode.Scalar]: Unicode.Scalar] = [:]
    for whole in wholes { byParts[canonical.table[whole] ?? []] = whole }
    var pairs: [Pair: Unicode.Scalar] = [:]
    for (parts, whole) in byParts {
      guard let last = parts.last else { continue }
      // The last part never decomposes further; those before it are one character of their own.
      let before = Array(parts.dropLast())
      guard let first = before.count == 1 ? before[0] : byParts[before] else { continue }
      pairs[Pair(first: first, second: last)] = whole
    }
    return pairs
  }()
}
