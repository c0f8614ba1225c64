import MDLM

extension TokenizeDecode {
  func run(in context: CommandContext) throws {
    let tokenizer = try TokenizeInput.makeTokenizer(tokenizer)
    var output = GatheredOutput(context.output)
    try TokenizeInput.forEachText(of: data, in: context) { file in
      for document in documents == .lines ? file.lines : [file] {
        let ids = try document.tokenIDs(vocabularySize: tokenizer.vocabularySize)
        try output.append(
          namesSpecialTokens
            ? tokenizer.decodeBytesNamingSpecials(ids) : tokenizer.decodeBytes(ids))
        if documents == .lines { try output.append([UInt8(ascii: "\n")]) }
      }
    }
    try output.flush()
  }
}
