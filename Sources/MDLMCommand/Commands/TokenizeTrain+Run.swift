import MDLM

extension TokenizeTrain {
  func run(in context: CommandContext) throws {
    let path = try TokenizerFile.newPath(for: output)
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    var line = ProgressLine(terminal: context.terminal)
    func show(_ text: @autoclosure () -> String) {
      let update = line.update(at: clock.now - start, text())
      if !update.isEmpty { try? context.messages.write(update) }
    }

    var trainer = try BPETrainer(
      vocabularySize: size, minimumFrequency: minimumFrequency, on: Device(threads: threads))
    let byteCount = try trainer.count(data, reading: TextReading(documents: documents)) { done in
      let rate = Double(done) / max((clock.now - start) / .seconds(1), 1e-3)
      show("counting words  \(megabytes(done))  \(NumberFormat.count(rate))B/s")
    }
    let counted = clock.now
    let tokenizer = try trainer.train { show("merging pairs  \($0)/\(size) tokens") }
    let merged = clock.now
    let end = line.end()
    if !end.isEmpty { try? context.messages.write(end) }
    try TokenizerFile.write(tokenizer, to: path)
    try report(
      tokenizer, at: path, byteCount: byteCount, counting: (counted - start) / .seconds(1),
      merging: (merged - counted) / .seconds(1), in: context)
  }

  private func report(
    _ tokenizer: ByteLevelBPETokenizer, at path: String, byteCount: Int, counting: Double,
    merging: Double, in context: CommandContext
  ) throws {
    if tokenizer.vocabularySize < size {
      context.note(
        "the text has only \(tokenizer.vocabularySize) tokens to learn: no further pair occurs "
          + "\(max(1, minimumFrequency)) times")
    }
    if json {
      try context.print(
        JSONLine([
          "tokenizer": .string(path), "vocab_size": .integer(tokenizer.vocabularySize),
          "bytes": .integer(byteCount), "seconds": .number(counting + merging),
        ]).text)
      return
    }
    func seconds(_ value: Double) -> String { NumberFormat.fixed(value, digits: 2) }
    context.say(
      "\(path): \(tokenizer.vocabularySize) tokens from \(megabytes(byteCount)) of text, words "
        + "counted in \(seconds(counting)) s, pairs merged in \(seconds(merging)) s")
  }
}

/// A number of bytes such as `20.1 MB`, in millions.
func megabytes(_ count: Int) -> String {
  NumberFormat.fixed(Double(count) / 1e6, digits: 1) + " MB"
}
