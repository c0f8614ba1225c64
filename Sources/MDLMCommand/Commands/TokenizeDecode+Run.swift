import MDLM

extension TokenizeDecode {
  func run(in context: CommandContext) throws {
    let tokenizer = try TokenizeInput.makeTokenizer(tokenizer)
    var output = GatheredOutput(context.output)
    try TokenizeInput.forEachText(of: data, in: context) { file in
      for document in documents == .lines ? file.lines : [file] {
        let ids = try document.tokenIDs(vocabularySize: tokenizer.vocabularySize)
        try output.append(bytes(of: ids, tokenizer))
        if documents == .lines { try output.append([UInt8(ascii: "\n")]) }
      }
    }
    try output.flush()
  }

  /// The text of `ids`, with the names of special tokens where they are wanted.
  private func bytes(of ids: [Int32], _ tokenizer: any Tokenizer) -> [UInt8] {
    guard namesSpecialTokens else { return tokenizer.decodeBytes(ids) }
    let specials = tokenizer.specialIDs
    var bytes: [UInt8] = []
    var start = 0
    for index in ids.indices where specials.contains(ids[index]) {
      bytes += tokenizer.decodeBytes(ids[start..<index])
      bytes += tokenizer.name(of: ids[index]).utf8
      start = index + 1
    }
    return bytes + tokenizer.decodeBytes(ids[start...])
  }
}
