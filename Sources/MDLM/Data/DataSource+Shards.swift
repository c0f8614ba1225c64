extension DataSource {
  /// Opens token shards and packs what they hold.
  func loadShards(
    _ splits: [DataSplit], _ given: (any Tokenizer)?
  ) throws(InputError) -> Dataset {
    let tokenizer = if let given { given } else { try makeTokenizerForShards() }
    let shards = (train: try shards(at: train, tokenizer), valid: try shards(at: valid, tokenizer))
    let whole = TokenizedDocuments(shards.train, boundary: reading.documents)
    let separate = TokenizedDocuments(shards.valid, boundary: reading.documents)
    let cut = whole.split(by: fractions)
    var rows: [DataSplit: TokenRows] = [:]
    var making: [DataSplit: RowMaking] = [:]
    var notes: [String] = []
    for split in splits {
      let documents =
        switch split {
        case .train: cut.train
        case .valid: valid.isEmpty ? cut.validation : separate
        case .test: cut.test
        }
      let packed = try pack(documents, tokenizer)
      try checkNotEmpty(packed.rows, split, tokenCount: documents.tokenCount)
      rows[split] = packed.rows
      let detokenizers = Set(
        (split == .valid && !valid.isEmpty ? shards.valid : shards.train)
          .map(\.reading?.detokenizer))
      making[split] = RowMaking(
        packing: tokenizer != nil && documents.areKnown ? packing : .plain,
        detokenizer: detokenizers.count == 1 ? detokenizers.first.flatMap(\.self) : nil)
      if tokenizer != nil, documents.areKnown {
        notes += self.notes(on: packed, split)
        continue
      }
      if documents.areKnown {
        notes.append(
          "\(split): rows are consecutive tokens of the shard; only with its tokenizer documents are "
            + "packed")
      }
      if packed.droppedTokens > 0 {
        notes.append(droppedNote(packed.droppedTokens, split, isGrouped: false))
      }
    }
    return Dataset(tokenizer: tokenizer, rows: rows, making: making, notes: notes)
  }

  /// Packs documents like text; tokens without documents follow one another as they are.
  private func pack(
    _ documents: TokenizedDocuments, _ tokenizer: (any Tokenizer)?
  ) throws(InputError) -> SequencePacker.Result {
    if let tokenizer, documents.areKnown {
      let packer = try SequencePacker(tokenizer: tokenizer, packing: packing, length: length)
      return packer.pack(
        documents, separator: packing == .plain && !documents.isStream ? try packer.lineEnd : nil)
    }
    let count = documents.tokenCount / length
    return SequencePacker.Result(
      rows: TokenRows(
        length: length, count: count,
        layout: .consecutive(documents.store, start: documents.start, unpaddedLengths: nil)),
      droppedTokens: documents.tokenCount % length, truncatedDocuments: 0)
  }

  private func shards(
    at paths: [String], _ tokenizer: (any Tokenizer)?
  ) throws(InputError) -> [TokenShard] {
    let fingerprint = tokenizer?.fingerprint ?? ""
    var shards: [TokenShard] = []
    for path in paths {
      let shard = try TokenShard(path: path, rawUInt16: rawUInt16)
      try checkDetokenizer(of: shard)
      if let tokenizer {
        try shard.check(tokenizer, fingerprint: fingerprint)
      } else if let vocabularySize {
        try shard.checkVocabulary(of: vocabularySize)
      }
      // Ids of the tokenizer itself were checked when they were written, and are when they are read.
      guard let size = tokenizer?.vocabularySize ?? vocabularySize else {
        shards.append(shard)
        continue
      }
      let limited = shard.limited(
        vocabularySize: size, maskID: tokenizer?.maskID ?? Int32(size - 1))
      if shard.tokenizerFingerprint != fingerprint { try limited.checkIDs() }
      shards.append(limited)
    }
    return shards
  }

  /// Refuses a detokenizer that would have to work on the text that a shard was made from.
  private func checkDetokenizer(of shard: TokenShard) throws(InputError) {
    let asked = reading.detokenizer
    guard asked != .none, shard.reading?.detokenizer != asked else { return }
    throw InputError(
      .badConfiguration, "data.detokenizer",
      found: "\(asked.rawValue) with the token shard \(shard.path), "
        + (shard.reading.map { "made with the detokenizer \($0.detokenizer.rawValue)" }
          ?? "which does not say how its text was read"),
      expected: "what the shard was made with",
      remedy: "Prepare the text again with --detokenizer \(asked.rawValue), or remove the key")
  }

  private func makeTokenizerForShards() throws(InputError) -> (any Tokenizer)? {
    guard let tokenizer else { return nil }
    let name = try TokenizerName(tokenizer)
    guard name != .character else {
      throw InputError(
        .badConfiguration, "data.tokenizer_name_or_path", found: "char with token shards",
        expected: "the tokenizer that wrote them, or none",
        remedy: "Give the path of its tokenizer.json, or remove the key and set model.vocab_size")
    }
    return try name.makeTokenizer(specials: [], corpus: [])
  }
}
