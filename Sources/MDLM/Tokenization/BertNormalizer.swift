/// The normalizer of BERT: cleans text, sets ideographs apart, strips accents, lower-cases.
struct BertNormalizer: Sendable, Equatable {
  /// Whether controls are dropped and white space becomes the space.
  var cleansText = true
  /// Whether there are spaces around every ideograph.
  var separatesIdeographs = true
  /// Whether accents are dropped, which decomposes the text; nil means as ``lowerCases`` says.
  var stripsAccents: Bool?
  var lowerCases = true

  /// The normalizer of `bert-base-uncased`.
  static let uncased = BertNormalizer()

  func normalized(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var marks = KeptMarks()
    for scalar in text {
      if cleansText, scalar.isDroppedByCleaning { continue }
      if cleansText, scalar.properties.isWhitespace {
        marks.flush(into: &result)
        result.append(" ")
      } else if separatesIdeographs, scalar.isBertIdeograph {
        marks.flush(into: &result)
        result.append(" ")
        append(scalar, to: &result, &marks)
        marks.flush(into: &result)
        result.append(" ")
      } else {
        append(scalar, to: &result, &marks)
      }
    }
    marks.flush(into: &result)
    return result
  }

  private func append(
    _ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar], _ marks: inout KeptMarks
  ) {
    guard stripsAccents ?? lowerCases else { return appendCased(scalar, to: &result) }
    CanonicalDecomposition.forEachScalar(of: scalar) { part in
      let order = CanonicalDecomposition.combiningClass(of: part)
      if order == 0 { marks.flush(into: &result) }
      if part.isNonspacingMark { return }
      if order == 0 { appendCased(part, to: &result) } else { marks.insert(part, order) }
    }
  }

  private func appendCased(
    _ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]
  ) {
    guard lowerCases else { return result.append(scalar) }
    TextNormalizer.appendLowerCase(of: scalar, to: &result)
  }
}

/// Marks of a decomposed character that are no accents, in canonical order.
private struct KeptMarks {
  private var marks: [(scalar: Unicode.Scalar, order: UInt8)] = []

  mutating func insert(_ scalar: Unicode.Scalar, _ order: UInt8) {
    let index = marks.lastIndex { $0.order <= order }.map { $0 + 1 } ?? 0
    marks.insert((scalar, order), at: index)
  }

  mutating func flush(into result: inout [Unicode.Scalar]) {
    if marks.isEmpty { return }
    result.append(contentsOf: marks.lazy.map(\.scalar))
    marks.removeAll()
  }
}
