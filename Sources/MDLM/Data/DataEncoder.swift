/// Encodes texts that are to be data, which must not hold the mask: nothing could be learned from it.
struct DataEncoder {
  private let encoder: any TextEncoder
  private let maskID: Int32
  private let maskName: String

  init(_ tokenizer: any Tokenizer) {
    encoder = tokenizer.makeTextEncoder()
    maskID = tokenizer.maskID
    maskName = tokenizer.name(of: maskID)
  }

  /// Appends the ids of `text`.
  ///
  /// - Throws: ``InputError`` where it has characters outside the vocabulary, or spells out the name
  ///   of a mask that is an added token.
  func append(_ text: SourceText, to ids: inout [Int32]) throws(InputError) {
    let start = ids.count
    try encoder.append(text, to: &ids)
    guard ids[start...].contains(maskID) else { return }
    let place = text.bytes.firstRange(of: Array(maskName.utf8))?.lowerBound
    throw text.mistake(
      at: place ?? text.bytes.startIndex,
      found: "\(JSONValue.quoted(maskName)), which the tokenizer takes for the mask",
      expected: "text that leaves the mask to the model",
      remedy: "Remove it from the text, or spell it in another way")
  }
}
