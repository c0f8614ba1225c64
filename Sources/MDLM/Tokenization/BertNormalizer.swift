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
    var marks = MarkRun()
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
    _ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar], _ marks: inout MarkRun
  ) {
    guard stripsAccents ?? lowerCases else { return appendCased(scalar, to: &result) }
    CharacterDecomposition.canonical.forEachScalar(of: scalar) { part in
      let order = CharacterDecomposition.combiningClass(of: part)
      if order == 0 { marks.flush(into: &result) }
      if part.isNonspacingMark { return }
      if order == 0 { appendCased(part, to: &result) } else { marks.append(part, order) }
    }
  }

  private func appendCased(
    _ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]
  ) {
    guard lowerCases else { return result.append(scalar) }
    TextNormalizer.appendLowerCase(of: scalar, to: &result)
  }
}
