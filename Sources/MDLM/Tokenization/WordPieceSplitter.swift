/// Where words begin and end: the `pre_tokenizer` of a WordPiece `tokenizer.json`.
///
/// All of them come down to a class for each character. Separators are dropped, isolated characters
/// are words of their own, and runs of one of the other classes are words.
struct WordPieceSplitter: Sendable, Equatable {
  enum CharacterClass: UInt8 {
    case separator
    case isolated
    case word
    /// What is no separator and does not continue a word, where that makes a difference.
    case symbol
  }

  private(set) var dropsWhitespace = false
  private(set) var isolatesPunctuation = false
  /// Whether runs of `\w` and of other characters are words of their own.
  private(set) var splitsAtWordEdges = false
  /// The value of `pre_tokenizer`.
  private(set) var json: JSONValue = .null
  /// The class of every character of ASCII.
  private var classes: [CharacterClass] = []

  /// The pre-tokenizer of BERT.
  static let bert = WordPieceSplitter(
    dropsWhitespace: true, isolatesPunctuation: true, splitsAtWordEdges: false,
    json: ["type": "BertPreTokenizer"])

  private init(
    dropsWhitespace: Bool, isolatesPunctuation: Bool, splitsAtWordEdges: Bool, json: JSONValue
  ) {
    self.dropsWhitespace = dropsWhitespace
    self.isolatesPunctuation = isolatesPunctuation
    self.splitsAtWordEdges = splitsAtWordEdges
    self.json = json
    classes = (UInt8(0)..<0x80).map { computedClass(of: Unicode.Scalar($0)) }
  }

  func characterClass(of scalar: Unicode.Scalar) -> CharacterClass {
    scalar.isASCII ? classes[Int(scalar.value)] : computedClass(of: scalar)
  }

  private func computedClass(of scalar: Unicode.Scalar) -> CharacterClass {
    if dropsWhitespace, scalar.properties.isWhitespace { return .separator }
    if isolatesPunctuation, scalar.isBertPunctuation { return .isolated }
    return splitsAtWordEdges && !scalar.isWordCharacter ? .symbol : .word
  }

  /// Calls `body` with every word of `text`, which is normalized UTF-8.
  func forEachWord(in text: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
    var decoder = ScalarDecoder(text)
    var start = text.startIndex
    var current = CharacterClass.separator
    while true {
      let index = decoder.index
      guard let scalar = try? decoder.next() else { break }
      let next = characterClass(of: scalar)
      if next == current, next != .isolated { continue }
      if current != .separator { body(text[start..<index]) }
      start = index
      current = next
    }
    if current != .separator { body(text[start...]) }
  }
}

// MARK: - JSON

extension WordPieceSplitter {
  private static let supported =
    "BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation or a Sequence of these"

  /// Reads the value of `pre_tokenizer`.
  ///
  /// - Parameters:
  ///   - json: The value; null leaves text whole.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where the value is of another kind.
  init(_ json: JSONValue, in path: String) throws(InputError) {
    var dropsWhitespace = false
    var isolatesPunctuation = false
    var splitsAtWordEdges = false
    switch json["type"]?.string {
    case nil where json == .null: break
    case "BertPreTokenizer":
      dropsWhitespace = true
      isolatesPunctuation = true
    case "WhitespaceSplit": dropsWhitespace = true
    case "Whitespace":
      dropsWhitespace = true
      splitsAtWordEdges = true
    case "Punctuation" where ["Isolated", nil].contains(json["behavior"]?.string):
      isolatesPunctuation = true
    case "Punctuation":
      throw Self.unsupported(
        "the pre_tokenizer 'Punctuation' with behavior \(json["behavior"]?.summary ?? "")", path)
    case "Sequence":
      guard case .array(let elements) = json["pretokenizers"] else {
        throw Self.unsupported("the pre_tokenizer 'Sequence' without a list", path)
      }
      // Each one splits further what the one before it has left: their order does not matter.
      for element in elements {
        let part = try WordPieceSplitter(element, in: path)
        dropsWhitespace = dropsWhitespace || part.dropsWhitespace
        isolatesPunctuation = isolatesPunctuation || part.isolatesPunctuation
        splitsAtWordEdges = splitsAtWordEdges || part.splitsAtWordEdges
      }
    case let type:
      throw Self.unsupported("the pre_tokenizer \(type.map { "'\($0)'" } ?? json.summary)", path)
    }
    self.init(
      dropsWhitespace: dropsWhitespace, isolatesPunctuation: isolatesPunctuation,
      splitsAtWordEdges: splitsAtWordEdges, json: json)
  }

  private static func unsupported(_ found: String, _ path: String) -> InputError {
    InputError(
      .badData, path, found: found, expected: supported,
      remedy: "Use a tokenizer with one of these pre-tokenizers")
  }
}
