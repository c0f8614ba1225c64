/// The added tokens of a `tokenizer.json`, which are found in text before the model sees it.
///
/// As in Hugging Face `tokenizers`, the leftmost name wins, and of those that begin there the
/// longest. Names that are not normalized are sought in the text as it is, the others, themselves
/// normalized, in what the normalizer makes of the text between them.
struct AddedTokens: Sendable, Equatable {
  /// A part of a text: bytes for the model, or a token that stands by its name.
  enum Segment: Equatable {
    case text(ArraySlice<UInt8>)
    case token(Int32)
  }

  /// What a normalizer does to the bytes of a text.
  typealias Normalization = (ArraySlice<UInt8>) -> [UInt8]

  let tokens: [AddedToken]
  private let names: ByteTrie
  private let normalizedNames: ByteTrie

  /// Makes the set of `tokens`, whose names and ids must be distinct.
  ///
  /// - Parameters:
  ///   - tokens: The tokens in the order of the file.
  ///   - normalize: The tokenizer's normalizer, or nil where it changes nothing.
  init(_ tokens: [AddedToken], normalize: Normalization? = nil) {
    self.tokens = tokens
    var names = ByteTrie()
    var normalizedNames = ByteTrie()
    // Where two names are normalized to the same one, that of the special token counts.
    let order = tokens.indices.filter { tokens[$0].isSpecial }
    for index in order + tokens.indices.filter({ !tokens[$0].isSpecial }) {
      let token = tokens[index]
      if token.isNormalized {
        let name = normalize?(token.content[...]) ?? token.content
        normalizedNames.insert(name, value: Int32(index))
      } else {
        names.insert(token.content, value: Int32(index))
      }
    }
    self.names = names
    self.normalizedNames = normalizedNames
  }

  /// The first of `candidates` that is a token's name, as its id.
  func id(ofFirst candidates: [String]) -> Int32? {
    for name in candidates {
      let content = Array(name.utf8)
      if let token = tokens.first(where: { $0.content == content }) { return token.id }
    }
    return nil
  }
}

// MARK: - Finding

extension AddedTokens {
  /// Calls `body` with the parts of `text` in their order; text comes normalized and not empty.
  ///
  /// - Parameters:
  ///   - text: Any bytes.
  ///   - normalize: The tokenizer's normalizer, or nil where it changes nothing.
  ///   - body: What to do with a part.
  func forEachSegment(
    of text: ArraySlice<UInt8>, normalize: Normalization? = nil, _ body: (Segment) -> Void
  ) {
    split(text, at: names) { segment in
      guard case .text(let part) = segment else { return body(segment) }
      split(normalize.map { $0(part)[...] } ?? part, at: normalizedNames, body)
    }
  }

  private func split(
    _ text: ArraySlice<UInt8>, at names: ByteTrie, _ body: (Segment) -> Void
  ) {
    var start = text.startIndex
    var index = text.startIndex
    var blanks = text.startIndex..<text.startIndex
    while let match = names.firstMatch(in: text, from: index) {
      index = match.range.upperBound
      let token = tokens[Int(match.value)]
      if token.isSingleWord, touchesWord(match.range, in: text) { continue }
      var (lower, upper) = (match.range.lowerBound, match.range.upperBound)
      // White space that a name before it has taken is gone, and the name itself where it is blank.
      if token.stripsLeft {
        lower = max(start, startOfBlanks(before: lower, from: start, in: text))
      }
      if token.stripsRight {
        // Names that are blank may stand in blanks whose end is known.
        if !blanks.contains(upper) {
          blanks = upper..<endOfBlanks(from: upper, in: text)
        }
        upper = blanks.upperBound
      }
      if start < lower { body(.text(text[start..<lower])) }
      if lower < upper { body(.token(token.id)) }
      start = upper
    }
    if start < text.endIndex { body(.text(text[start...])) }
  }

  private func touchesWord(_ range: Range<Int>, in text: ArraySlice<UInt8>) -> Bool {
    var next = ScalarDecoder(text[range.upperBound...])
    return ScalarDecoder.last(of: text[..<range.lowerBound])?.continuesWord == true
      || (try? next.next())?.continuesWord == true
  }

  private func startOfBlanks(
    before end: Int, from first: Int, in text: ArraySlice<UInt8>
  ) -> Int {
    var start = end
    while start > first, let scalar = ScalarDecoder.last(of: text[first..<start]),
      scalar.properties.isWhitespace
    {
      start -= UTF8.width(scalar)
    }
    return start
  }

  private func endOfBlanks(from start: Int, in text: ArraySlice<UInt8>) -> Int {
    var decoder = ScalarDecoder(text[start...])
    var end = start
    while let scalar = try? decoder.next(), scalar.properties.isWhitespace { end = decoder.index }
    return end
  }
}

extension TextNormalizer {
  /// What it does to a text, or nil where that is nothing.
  var normalization: AddedTokens.Normalization? {
    isIdentity ? nil : { normalized($0) }
  }
}

extension ScalarDecoder {
  /// The scalar that ends `bytes`, or nil where there is none.
  fileprivate static func last(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard let start = bytes.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return nil }
    var decoder = ScalarDecoder(bytes[start...])
    let scalar = try? decoder.next()
    return decoder.index == bytes.endIndex ? scalar : nil
  }
}

extension Unicode.Scalar {
  /// Whether the scalar is part of a word, as `\w` says (Unicode Technical Standard 18, annex C).
  fileprivate var continuesWord: Bool {
    guard isKnownToPatterns else { return false }
    if properties.isAlphabetic || properties.isJoinControl { return true }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      true
    default: false
    }
  }
}
