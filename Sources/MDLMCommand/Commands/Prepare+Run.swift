import MDLM

extension Prepare {
  func run(in context: CommandContext) throws {
    let name = try TokenizerName(option: tokenizer)
    // A stream needs no special tokens; documents are packed with them.
    let specials = reading.documents == .stream ? [] : Set(SpecialToken.allCases)
    let tokenizer: any Tokenizer =
      if name == .character {
        try CorpusPreparation.characterTokenizer(of: data, reading: reading, specials: specials)
      } else { try name.makeTokenizer(specials: specials, corpus: []) }
    // A named tokenizer has no file yet that others could read.
    let hasFile = if case .file = name { true } else { false }
    let preparation = try CorpusPreparation(
      inputs: data, reading: reading, tokenizer: tokenizer, output: output,
      replacesOutput: replaces, writesTokenizer: !hasFile)
    let total = preparation.totalBytes
    var line = ProgressLine(terminal: context.terminal)
    let (clock, start) = (ContinuousClock(), ContinuousClock().now)
    var pace = Pace()
    let result = try preparation.run(on: Device(threads: threads)) { progress in
      let elapsed = clock.now - start
      pace.record(step: progress.bytes, at: elapsed)
      let update = line.update(at: elapsed, text(of: progress, total: total, pace))
      if !update.isEmpty { try? context.messages.write(update) }
      return context.interruption.isRequested ? .stop : .proceed
    }
    let end = line.end()
    if !end.isEmpty { try? context.messages.write(end) }
    guard let result else {
      context.say("the same command goes on from here; \(output).partial keeps what is done")
      return try context.interruption.check()
    }
    let seconds = (clock.now - start) / .seconds(1)
    try print(result, tokenizer, seconds: seconds, in: context)
  }

  private func text(
    of progress: CorpusPreparation.Progress, total: Int?, _ pace: Pace
  ) -> String {
    var text = "\(NumberFormat.count(Double(progress.bytes)))B"
    if let total {
      let share = 100 * Double(progress.bytes) / Double(max(total, 1))
      text += " (\(NumberFormat.fixed(min(share, 100), digits: 0)) %)"
    }
    text += "  \(NumberFormat.count(Double(progress.tokens))) tokens"
    if let rate = pace.stepsPerSecond { text += "  \(NumberFormat.count(rate))B/s" }
    if let total, let rest = pace.remaining(until: total) {
      text += "  \(NumberFormat.duration(rest)) left"
    }
    return text
  }

  private func print(
    _ result: CorpusPreparation.Progress, _ tokenizer: any Tokenizer, seconds: Double,
    in context: CommandContext
  ) throws {
    if result.unknown > 0 {
      context.note("\(result.unknown) pieces of text outside the vocabulary became [UNK]")
    }
    guard json else {
      context.say(
        "\(output): \(result.tokens) tokens in \(result.documents) "
          + "document\(result.documents == 1 ? "" : "s"), from "
          + "\(NumberFormat.count(Double(result.bytes)))B of text"
          + (result.resumedBytes > 0
            ? ", the last \(NumberFormat.count(Double(result.bytes - result.resumedBytes)))B" : "")
          + " in \(NumberFormat.fixed(seconds, digits: 1)) s")
      return
    }
    try context.print(
      JSONLine([
        "output": .string(output), "tokens": .integer(result.tokens),
        "documents": .integer(result.documents), "unknown": .integer(result.unknown),
        "bytes": .integer(result.bytes),
        "vocab_size": .integer(tokenizer.vocabularySize),
        "tokenizer_sha256": .string(tokenizer.fingerprint), "seconds": .number(seconds),
      ]).text)
  }
}
