/// The official vocabulary for text8, with its ids: 8 special tokens, the letters and the space.
///
/// Text is lower-cased; every other character becomes [UNK]. (The `Text8Tokenizer` of the official
/// MDLM code: [CLS] 0, [SEP] 1, [BOS] 2, [EOS] 3, [MASK] 4, [PAD] 5, [RESERVED] 6, [UNK] 7,
/// a … z 8 … 33, space 34.)
public struct Text8Tokenizer: Tokenizer, Equatable {
  static let specialNames = [
    "[CLS]", "[SEP]", "[BOS]", "[EOS]", "[MASK]", "[PAD]", "[RESERVED]", "[UNK]",
  ]
  private static let firstLetter: Int32 = 8
  private static let space: Int32 = 34
  private static let unknown: Int32 = 7

  public init() {}

  public var vocabularySize: Int { 35 }
  public var maskID: Int32 { 4 }
  public var beginID: Int32? { 2 }
  public var endID: Int32? { 3 }
  public var paddingID: Int32? { 5 }
  public var unknownID: Int32? { Self.unknown }
  public var specialIDs: Set<Int32> { Set(0..<Self.firstLetter) }

  public func name(of id: Int32) -> String {
    if Self.specialNames.indices.contains(Int(id)) { return Self.specialNames[Int(id)] }
    return Self.scalar(of: id).map(String.init) ?? "[\(id)]"
  }

  public func encode(_ text: SourceText) throws(InputError) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(text.bytes.count)
    try text.forEachScalar { (scalar, _) throws(InputError) in
      Self.appendIDs(of: scalar, to: &tokens)
    }
    return tokens
  }

  public func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int {
    var decoder = ScalarDecoder(text.bytes)
    var tokens: [Int32] = []
    while tokens.count < tokenCount, let scalar = try? decoder.next() {
      Self.appendIDs(of: scalar, to: &tokens)
    }
    return decoder.index - text.bytes.startIndex
  }

  public func decode(_ ids: some Sequence<Int32>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: ids.lazy.compactMap(Self.scalar(of:)))
    return String(text)
  }

  public func tokenizerJSON() -> String {
    let text = (Self.firstLetter...Self.space).map { (name(of: $0), $0) }
    let specials = Self.specialNames.enumerated().map { ($0.element, Int32($0.offset)) }
    return WordLevelFile(layout: .text8, text: text, specials: specials).json()
  }

  /// The letter or space with this id.
  private static func scalar(of id: Int32) -> Unicode.Scalar? {
    switch id {
    case firstLetter..<space: Unicode.Scalar(UInt8(ascii: "a") + UInt8(id - firstLetter))
    case space: " "
    default: nil
    }
  }

  private static func appendIDs(of scalar: Unicode.Scalar, to tokens: inout [Int32]) {
    guard !scalar.isASCII else { return tokens.append(id(of: scalar)) }
    // Beyond ASCII the Kelvin sign becomes k, and the dotted capital I becomes i and a dot.
    for lower in scalar.properties.lowercaseMapping.unicodeScalars { tokens.append(id(of: lower)) }
  }

  private static func id(of scalar: Unicode.Scalar) -> Int32 {
    switch scalar {
    case "a"..."z": firstLetter + Int32(scalar.value - 0x61)
    case "A"..."Z": firstLetter + Int32(scalar.value - 0x41)
    case " ": space
    default: unknown
    }
  }
}
