/// A vocabulary of Unicode scalars, one token each.
///
/// The scalars of the text it was made from have the ids 0 … n − 1 in the order of their code
/// points, the mask has n, and the special tokens that packing needs follow it.
public struct CharacterTokenizer: Tokenizer, Equatable {
  private let scalars: [Unicode.Scalar]
  /// The id of every code point up to the largest one in the vocabulary, −1 where there is none.
  private let ids: [Int32]
  private let specials: SpecialTokenIDs

  /// Makes the vocabulary of every character in `text`.
  ///
  /// - Parameters:
  ///   - text: A whole text.
  ///   - specials: The tokens that packing needs.
  /// - Throws: ``InputError`` where `text` is empty.
  public init(text: String, specials: Set<SpecialToken> = []) throws(InputError) {
    try self.init(text: CollectionOfOne(SourceText(text)), specials: specials)
  }

  /// Makes the vocabulary of every character in `text`.
  ///
  /// - Parameters:
  ///   - text: The pieces of a whole corpus.
  ///   - specials: The tokens that packing needs.
  /// - Throws: ``InputError`` where a piece is malformed or all of them are empty.
  public init(
    text: some Collection<SourceText>, specials: Set<SpecialToken> = []
  ) throws(InputError) {
    var characters = CharacterSet()
    for piece in text { try characters.insert(piece) }
    try self.init(characters, name: text.first?.name ?? "the text", specials: specials)
  }

  /// Makes the vocabulary of a set of characters, which were found in the text called `name`.
  init(_ characters: CharacterSet, name: String, specials: Set<SpecialToken>) throws(InputError) {
    let scalars = characters.scalars
    guard !scalars.isEmpty else {
      throw InputError(
        .badData, name, found: "no characters",
        expected: "text to build a character vocabulary from",
        remedy: "Give a text file that is not empty")
    }
    self.init(scalars: scalars, specials: specials)
  }

  /// The characters (Unicode scalars) of a text that comes in pieces.
  struct CharacterSet {
    private var isPresent: [Bool] = []

    mutating func insert(_ text: SourceText) throws(InputError) {
      try text.forEachScalar { (scalar, _) throws(InputError) in
        let code = Int(scalar.value)
        if code >= isPresent.count {
          isPresent += repeatElement(false, count: code + 1 - isPresent.count)
        }
        isPresent[code] = true
      }
    }

    /// In the order of their code points.
    var scalars: [Unicode.Scalar] {
      isPresent.indices.compactMap { isPresent[$0] ? Unicode.Scalar(UInt32($0)) : nil }
    }
  }

  /// Makes the vocabulary whose ids follow the order of `scalars`, which must be distinct.
  init(scalars: [Unicode.Scalar], specials: Set<SpecialToken>) {
    self.scalars = scalars
    self.specials = SpecialTokenIDs(textCount: scalars.count, specials: specials)
    let largest = scalars.map(\.value).max() ?? 0
    var ids = [Int32](repeating: -1, count: Int(largest) + 1)
    for (id, scalar) in scalars.enumerated() { ids[Int(scalar.value)] = Int32(id) }
    self.ids = ids
  }

  public var vocabularySize: Int { specials.vocabularySize }
  public var maskID: Int32 { specials.mask }
  public var beginID: Int32? { specials.id(of: .begin) }
  public var endID: Int32? { specials.id(of: .end) }
  public var paddingID: Int32? { specials.id(of: .padding) }
  public var unknownID: Int32? { nil }
  public var specialIDs: Set<Int32> { specials.all }

  public func name(of id: Int32) -> String {
    if scalars.indices.contains(Int(id)) { return String(scalars[Int(id)]) }
    return specials.named.first { $0.id == id }?.name ?? "[\(id)]"
  }

  public func encode(_ text: SourceText) throws(InputError) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(text.bytes.count)
    try text.forEachScalar { (scalar, index) throws(InputError) in
      let code = Int(scalar.value)
      guard code < ids.count, ids[code] >= 0 else { throw text.unknown(scalar, at: index) }
      tokens.append(ids[code])
    }
    return tokens
  }

  public func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int {
    var decoder = ScalarDecoder(text.bytes)
    for _ in 0..<tokenCount { guard (try? decoder.next()) != nil else { break } }
    return decoder.index - text.bytes.startIndex
  }

  public func decode(_ ids: some Sequence<Int32>) -> String {
    var text = String.UnicodeScalarView()
    for id in ids where scalars.indices.contains(Int(id)) { text.append(scalars[Int(id)]) }
    return String(text)
  }

  public func tokenizerJSON() -> String {
    WordLevelFile(
      layout: .characters,
      text: scalars.enumerated().map { (String($0.element), Int32($0.offset)) },
      specials: specials.named
    ).json()
  }
}
