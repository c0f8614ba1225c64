import MDLM

extension TokenizeEncode {
  func run(in context: CommandContext) throws {
    let tokenizer = try TokenizeInput.makeTokenizer(tokenizer)
    let clock = ContinuousClock()
    var output = GatheredOutput(context.output)
    var (tokenCount, byteCount, duration) = (0, 0, Duration.zero)
    try TokenizeInput.forEachText(of: data, in: context) { file in
      let documents = try documents(of: file)
      let start = clock.now
      let encoded = try tokenizer.encode(documents)
      duration += clock.now - start
      for ids in encoded {
        tokenCount += ids.count
        try write(addsSpecialTokens ? tokenizer.framed(ids) : ids, of: tokenizer, to: &output)
      }
      byteCount += documents.reduce(0) { $0 + $1.bytes.count }
    }
    try output.flush()
    let seconds = duration / .seconds(1)
    context.say(
      "encoded \(byteCount) bytes to \(tokenCount) tokens in "
        + "\(NumberFormat.fixed(seconds, digits: 3)) s, "
        + "\(NumberFormat.count(Double(byteCount) / max(seconds, 1e-6)))B/s")
  }

  private func documents(of file: SourceText) throws(InputError) -> [SourceText] {
    if DataFormat(path: file.name) == .jsonLines {
      return try TextCorpus(paths: [file.name], reading: TextReading()).texts
    }
    return documents == .lines ? file.lines : [file]
  }

  /// Writes the line of one document.
  private func write(
    _ ids: [Int32], of tokenizer: any Tokenizer, to output: inout GatheredOutput
  ) throws {
    if json {
      let line = try JSONLine([
        "ids": .integers(ids), "tokens": .strings(ids.map(tokenizer.name(of:))),
      ])
      try output.append((line.text + "\n").utf8)
      return
    }
    var line: [UInt8] = []
    for id in ids {
      if !line.isEmpty { line.append(UInt8(ascii: " ")) }
      line += String(id).utf8
    }
    line.append(UInt8(ascii: "\n"))
    try output.append(line)
  }
}
