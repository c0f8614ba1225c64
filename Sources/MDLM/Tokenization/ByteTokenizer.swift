/// The vocabulary of the 256 bytes, one token each: it knows every text.
///
/// A byte's id is its value, the mask is 256, and the special tokens that packing needs follow it.
public struct ByteTokenizer: Tokenizer, Equatable {
  private let specials: SpecialTokenIDs

  /// Makes the tokenizer with the special tokens that packing needs.
  public init(specials: Set<SpecialToken> = []) {
    self.specials = SpecialTokenIDs(textCount: 256, specials: specials)
  }

  public var vocabularySize: Int { specials.vocabularySize }
  public var maskID: Int32 { specials.mask }
  public var beginID: Int32? { specials.id(of: .begin) }
  public var endID: Int32? { specials.id(of: .end) }
  public var paddingID: Int32? { specials.id(of: .padding) }
  public var unknownID: Int32? { nil }
  public var specialIDs: Set<Int32> { specials.all }

  public func name(of id: Int32) -> String {
    switch id {
    case 0..<0x80: String(Unicode.Scalar(UInt8(id)))
    case 0x80...0xFF: "<0x\(String(id, radix: 16, uppercase: true))>"
    default: specials.named.first { $0.id == id }?.name ?? "[\(id)]"
    }
  }

  public func encode(_ text: SourceText) throws(InputError) -> [Int32] {
    text.bytes.map(Int32.init)
  }

  public func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int {
    min(tokenCount, text.bytes.count)
  }

  public func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8] {
    ids.compactMap { UInt8(exactly: $0) }
  }

  public func tokenizerJSON() -> String {
    WordLevelFile(
      layout: .bytes,
      text: Self.letters.enumerated().map { (String($0.element), Int32($0.offset)) },
      specials: specials.named
    ).json()
  }

  /// The letter that stands for each byte in the ByteLevel alphabet of Hugging Face tokenizers.
  ///
  /// Bytes that print in Latin-1 stand for themselves; the others get the code points from 256 on.
  static let letters: [Unicode.Scalar] = {
    var spare: UInt32 = 256
    return (0..<256).compactMap { byte -> Unicode.Scalar? in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { spare += 1 }
        return Unicode.Scalar(spare)
      }
    }
  }()
}
