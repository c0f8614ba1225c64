/// Turns text into token ids and back.
///
/// Ids are `0 ..< vocabularySize`, and `vocabularySize` counts the mask token, as the network does.
public protocol Tokenizer: Sendable {
  /// The number of ids, the mask included.
  var vocabularySize: Int { get }
  /// The id of the mask token, which no text encodes to but one that spells out the name of a mask
  /// that is an added token of a file.
  var maskID: Int32 { get }
  /// The id that opens a packed row, where the tokenizer has one.
  var beginID: Int32? { get }
  /// The id that closes a packed row and separates documents, where the tokenizer has one.
  var endID: Int32? { get }
  /// The id that ends documents and rows where documents are joined (`wrap`).
  ///
  /// It is ``endID`` but where published data have another: [CLS] with BERT's word pieces.
  var separatorID: Int32? { get }
  /// The id that fills the rest of a short row, where the tokenizer has one.
  var paddingID: Int32? { get }
  /// The id that stands for characters outside the vocabulary, where the tokenizer has one.
  var unknownID: Int32? { get }
  /// Every special id; ``decode(_:)`` leaves them out.
  var specialIDs: Set<Int32> { get }
  /// The text of one token, specials included (`[MASK]`, `[BOS]` …), for displays.
  func name(of id: Int32) -> String
  /// Returns the ids of `text`; nothing is put around them (no [CLS], no [SEP]).
  ///
  /// - Parameter text: UTF-8 text of a whole document, or a part of one.
  /// - Returns: One id for each token of the text.
  /// - Throws: ``InputError`` that names the first malformed byte or the first character outside
  ///   the vocabulary, and where it stands.
  func encode(_ text: SourceText) throws(InputError) -> [Int32]
  /// Returns `ids` with what the tokenizer's file puts around a single text, such as [CLS] and [SEP].
  func framed(_ ids: [Int32]) -> [Int32]
  /// Returns how many bytes of `text` its first `tokenCount` tokens stand for.
  ///
  /// Figures per character and per byte need it where a row ends inside a document.
  ///
  /// - Parameters:
  ///   - text: A text that ``encode(_:)-(SourceText)`` accepts.
  ///   - tokenCount: At most the number of its tokens.
  /// - Returns: A number of UTF-8 bytes, at most the text's.
  func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int
  /// Returns the UTF-8 text of `ids`, leaving special tokens out.
  ///
  /// Ids that a model puts out may join to bytes that are no UTF-8; they are returned as they are.
  func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8]
  /// Returns the UTF-8 text of `ids` with the names of special tokens where they stand.
  func decodeBytesNamingSpecials(_ ids: [Int32]) -> [UInt8]
  /// Returns the text of `ids`, leaving special tokens out; what is no UTF-8 becomes U+FFFD.
  func decode(_ ids: some Sequence<Int32>) -> String
  /// The content of the `tokenizer.json` that describes this tokenizer (Hugging Face format).
  ///
  /// The `tokenizers` library gives the same ids from it. Only where a text spells out the name of
  /// a special token it returns that token itself, which the character, byte and text8 tokenizers
  /// never do.
  func tokenizerJSON() -> String
}

extension Tokenizer {
  public var separatorID: Int32? { endID }

  public func framed(_ ids: [Int32]) -> [Int32] { ids }

  public func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8] { Array(decode(ids).utf8) }

  public func decode(_ ids: some Sequence<Int32>) -> String {
    String(decoding: decodeBytes(ids), as: UTF8.self)
  }

  public func decodeBytesNamingSpecials(_ ids: [Int32]) -> [UInt8] {
    let specials = specialIDs
    var bytes: [UInt8] = []
    var start = 0
    for index in ids.indices where specials.contains(ids[index]) {
      bytes += decodeBytes(ids[start..<index])
      bytes += name(of: ids[index]).utf8
      start = index + 1
    }
    return bytes + decodeBytes(ids[start...])
  }

  /// The SHA-256 of every token's name in the order of the ids, the mask included.
  ///
  /// Tokenizers of the same vocabulary have the same fingerprint, whatever files they came from.
  public var fingerprint: String {
    var digest = SHA256()
    for id in 0..<Int32(vocabularySize) {
      digest.update([UInt8](name(of: id).utf8) + (id == maskID ? [0xFF, 0xFF] : [0xFF]))
    }
    return digest.finish()
  }

  /// Returns the ids of `text`, without any special token but the unknown one.
  ///
  /// - Parameter text: A whole text, such as a prompt.
  /// - Returns: One id for each token of the text.
  /// - Throws: ``InputError`` that names the first character outside the vocabulary.
  public func encode(_ text: String) throws(InputError) -> [Int32] {
    try encode(SourceText(text))
  }

  /// Returns the ids of each of `texts`, faster than one call for each would.
  ///
  /// - Throws: ``InputError`` as ``encode(_:)-(SourceText)`` does, for the first text with a mistake.
  public func encode(_ texts: [SourceText]) throws(InputError) -> [[Int32]] {
    let encoder = makeTextEncoder()
    var encoded: [[Int32]] = []
    encoded.reserveCapacity(texts.count)
    var ids: [Int32] = []
    for text in texts {
      try encoder.append(text, to: &ids)
      // A copy, so that no array keeps room for a longer text.
      encoded.append(Array(ids[...]))
      ids.removeAll(keepingCapacity: true)
    }
    return encoded
  }

  /// The id of `special`, where the tokenizer has it.
  func id(of special: SpecialToken) -> Int32? {
    switch special {
    case .begin: beginID
    case .end: endID
    case .padding: paddingID
    }
  }
}
