/// Turns text into token ids and back.
///
/// Ids are `0 ..< vocabularySize`, and `vocabularySize` counts the mask token, as the network does.
public protocol Tokenizer: Sendable {
  /// The number of ids, the mask included.
  var vocabularySize: Int { get }
  /// The id of the mask token, which no text encodes to.
  var maskID: Int32 { get }
  /// The id that opens a packed row, where the tokenizer has one.
  var beginID: Int32? { get }
  /// The id that closes a packed row and separates documents, where the tokenizer has one.
  var endID: Int32? { get }
  /// The id that fills the rest of a short row, where the tokenizer has one.
  var paddingID: Int32? { get }
  /// Every special id; ``decode(_:)`` leaves them out.
  var specialIDs: Set<Int32> { get }
  /// The text of one token, specials included (`[MASK]`, `[BOS]` …), for displays.
  func name(of id: Int32) -> String
  /// Returns the ids of `text`, without any special token.
  ///
  /// - Parameter text: UTF-8 bytes of a whole text or document.
  /// - Returns: One id for each token of the text.
  /// - Throws: ``InputError`` that names the first character outside the vocabulary and its offset.
  func encode(_ text: some Collection<UInt8>) throws(InputError) -> [Int32]
  /// Returns the text of `ids`, leaving special tokens out.
  func decode(_ ids: some Sequence<Int32>) -> String
  /// The content of the `tokenizer.json` that describes this tokenizer (Hugging Face format).
  func tokenizerJSON() -> String
}
