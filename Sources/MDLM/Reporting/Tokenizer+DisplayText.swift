extension Tokenizer {
  /// Returns the text that a token stands for in pictures, whatever stands beside it.
  ///
  /// Special tokens show their names. Bytes that are no character on their own show as hexadecimal
  /// digits: `<C3>`. A word piece that begins a word brings the space before it.
  ///
  /// - Parameter id: A token.
  /// - Returns: Its text, spaces included.
  public func displayText(of id: Int32) -> String {
    if specialIDs.contains(id) || id == maskID { return name(of: id) }
    if let pieces = self as? WordPieceTokenizer {
      let name = Array(name(of: id).utf8)
      return String(
        decoding: pieces.decoder?.decoded(name, isFirst: false) ?? [0x20] + name, as: UTF8.self)
    }
    let bytes = decodeBytes([id])
    if bytes.isEmpty { return name(of: id) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return bytes.reduce(into: "") { text, byte in
      text +=
        byte < 0x80
        ? String(Unicode.Scalar(byte)) : "<\(String(byte, radix: 16, uppercase: true))>"
    }
  }
}
