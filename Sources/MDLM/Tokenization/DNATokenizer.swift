/// The official vocabulary for DNA, with its ids: 7 special tokens and the bases A, C, G, T, N.
///
/// Lower case, which marks repeats in soft-masked genomes, means the same bases; every other
/// character becomes [UNK]. (The character tokenizer of Caduceus, which the official experiments on
/// genomes use: [CLS] 0, [SEP] 1, [BOS] 2, [MASK] 3, [PAD] 4, [RESERVED] 5, [UNK] 6, A 7, C 8, G 9,
/// T 10, N 11.) Rows end with [SEP].
public struct DNATokenizer: Tokenizer, Equatable {
  static let specialNames = [
    "[CLS]", "[SEP]", "[BOS]", "[MASK]", "[PAD]", "[RESERVED]", "[UNK]",
  ]
  static let bases: [Unicode.Scalar] = ["A", "C", "G", "T", "N"]
  private static let firstBase: Int32 = 7
  private static let unknown: Int32 = 6

  public init() {}

  public var vocabularySize: Int { 12 }
  public var maskID: Int32 { 3 }
  public var beginID: Int32? { 2 }
  public var endID: Int32? { 1 }
  public var paddingID: Int32? { 4 }
  public var unknownID: Int32? { Self.unknown }
  public var specialIDs: Set<Int32> { Set(0..<Self.firstBase) }

  public func name(of id: Int32) -> String {
    if Self.specialNames.indices.contains(Int(id)) { return Self.specialNames[Int(id)] }
    return Self.base(of: id).map(String.init) ?? "[\(id)]"
  }

  public func encode(_ text: SourceText) throws(InputError) -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(text.bytes.count)
    try text.forEachScalar { (scalar, _) throws(InputError) in
      tokens.append(Self.id(of: scalar))
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
    text.append(contentsOf: ids.lazy.compactMap(Self.base(of:)))
    return String(text)
  }

  public func tokenizerJSON() -> String {
    let text = Self.bases.map { (String($0), Self.id(of: $0)) }
    let specials = Self.specialNames.enumerated().map { ($0.element, Int32($0.offset)) }
    return WordLevelFile(layout: .dna, text: text, specials: specials).json()
  }

  private static func base(of id: Int32) -> Unicode.Scalar? {
    bases.indices.contains(Int(id) - Int(firstBase)) ? bases[Int(id - firstBase)] : nil
  }

  private static func id(of scalar: Unicode.Scalar) -> Int32 {
    switch scalar {
    case "A", "a": firstBase
    case "C", "c": firstBase + 1
    case "G", "g": firstBase + 2
    case "T", "t": firstBase + 3
    case "N", "n": firstBase + 4
    default: unknown
    }
  }
}
