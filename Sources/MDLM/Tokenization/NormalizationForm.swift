/// A Unicode normalization form (Unicode Standard Annex 15), as of Unicode 9 like the tables of
/// Hugging Face `tokenizers`.
///
/// The algorithm stands here since Foundation's does not order all marks, leaves half-composed
/// syllables of Hangul as they are, and composes letters of old Korean to others.
enum NormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// Normalizes `text`; characters from after Unicode 9 stay, and nothing moves across them.
  func applied(to text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy({ $0.value < firstToChange }) { return text }
    var result = decomposed(text)
    if self == .nfc || self == .nfkc { Self.compose(&result) }
    return result
  }

  /// No character before it changes, among others like it.
  private var firstToChange: UInt32 {
    switch self {
    case .nfc: 0x300
    case .nfd: 0xC0
    case .nfkc, .nfkd: 0xA0
    }
  }

  /// Every character decomposed, and marks in canonical order.
  private func decomposed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let decomposition: CharacterDecomposition =
      self == .nfc || self == .nfd ? .canonical : .compatibility
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var marks = MarkRun()
    for scalar in text {
      decomposition.forEachScalar(of: scalar) { part in
        let order = CharacterDecomposition.combiningClass(of: part)
        if order == 0 {
          marks.flush(into: &result)
          result.append(part)
        } else {
          marks.append(part, order)
        }
      }
    }
    marks.flush(into: &result)
    return result
  }

  /// Joins every character with the starter before it, where there is a character for both and
  /// nothing between them blocks it.
  private static func compose(_ text: inout [Unicode.Scalar]) {
    var (count, starter) = (0, -1)
    var lastOrder: UInt8 = 0
    for scalar in text {
      let order = CharacterDecomposition.combiningClass(of: scalar)
      let isNext = starter == count - 1
      if starter >= 0, isNext || lastOrder < order && lastOrder != 0,
        let whole = CharacterDecomposition.composition(of: text[starter], scalar)
      {
        text[starter] = whole
        continue
      }
      if order == 0 { starter = count }
      lastOrder = order
      text[count] = scalar
      count += 1
    }
    text.removeLast(text.count - count)
  }
}

/// Marks that follow each other, put in canonical order at their end.
struct MarkRun {
  private var marks: [(scalar: Unicode.Scalar, order: UInt8)] = []
  private var isOrdered = true

  mutating func append(_ scalar: Unicode.Scalar, _ order: UInt8) {
    if let last = marks.last, last.order > order { isOrdered = false }
    marks.append((scalar, order))
  }

  /// Appends the marks to `text`, those of one class in the order they came in.
  mutating func flush(into text: inout [Unicode.Scalar]) {
    if marks.isEmpty { return }
    if isOrdered {
      text.append(contentsOf: marks.lazy.map(\.scalar))
    } else {
      let order = marks.indices.sorted { (marks[$0].order, $0) < (marks[$1].order, $1) }
      for index in order { text.append(marks[index].scalar) }
    }
    marks.removeAll(keepingCapacity: true)
    isOrdered = true
  }
}
