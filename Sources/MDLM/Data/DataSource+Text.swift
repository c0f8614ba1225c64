extension DataSource {
  /// Reads, tokenizes and packs text.
  func loadText(
    _ splits: [DataSplit], _ given: (any Tokenizer)?
  ) throws(InputError) -> Dataset {
    let whole = try TextCorpus(paths: train, reading: reading)
    let separate = try TextCorpus(paths: valid, reading: reading)
    let tokenizer =
      if let given { given } else { try makeTokenizer(for: whole.texts + separate.texts) }
    let packer = try SequencePacker(tokenizer: tokenizer, packing: packing, length: length)
    let cut = whole.split(by: fractions)
    var rows: [DataSplit: TokenRows] = [:]
    var notes: [String] = []
    for split in splits {
      let part =
        switch split {
        case .train: cut.train
        case .valid: valid.isEmpty ? cut.validation : separate
        case .test: cut.test
        }
      try checkText(of: part, split)
      let packed = try packer.pack(part)
      try checkNotEmpty(packed.rows, split, tokenCount: packed.droppedTokens)
      rows[split] = packed.rows
      notes += self.notes(on: packed, split) + (try unknownNote(on: packed.rows, split, tokenizer))
    }
    let making = RowMaking(packing: packing, detokenizer: reading.detokenizer)
    return Dataset(
      tokenizer: tokenizer, rows: rows, making: rows.mapValues { _ in making }, notes: notes)
  }

  private func makeTokenizer(for texts: [SourceText]) throws(InputError) -> any Tokenizer {
    guard let tokenizer else {
      throw InputError(
        .badConfiguration, "data.tokenizer_name_or_path", found: "nothing",
        expected: "char, byte, text8, dna, a tokenizer.json or a directory with one",
        remedy: "Name the tokenizer of the text")
    }
    // Lines that are packed plain are joined by newlines, which the lines do not contain.
    let joint = packing == .plain && reading.documents == .lines ? [SourceText("\n")] : []
    return try TokenizerName(tokenizer)
      .makeTokenizer(specials: packing.specials, corpus: texts + joint)
  }

  /// What the user may want to know of rows, such as how many documents were cut.
  func notes(on packed: SequencePacker.Result, _ split: DataSplit) -> [String] {
    if case .rowPerDocument = packing {
      guard packed.truncatedDocuments > 0 else { return [] }
      return [
        "\(split): cut \(packed.truncatedDocuments) of \(packed.rows.count) documents to rows of "
          + "\(length) tokens, dropping \(packed.droppedTokens)"
      ]
    }
    guard packed.droppedTokens > 0 else { return [] }
    let isGrouped = if case .wrapped(_, .some) = packing { true } else { false }
    return [droppedNote(packed.droppedTokens, split, isGrouped: isGrouped)]
  }

  /// What is to be known of text outside the vocabulary; of shards it is said when they are written.
  private func unknownNote(
    on rows: TokenRows, _ split: DataSplit, _ tokenizer: any Tokenizer
  ) throws(InputError) -> [String] {
    guard let unknown = tokenizer.unknownID else { return [] }
    let count = try rows.count(of: unknown)
    return count == 0
      ? [] : ["\(split): \(count) pieces of text outside the vocabulary became [UNK]"]
  }
}
