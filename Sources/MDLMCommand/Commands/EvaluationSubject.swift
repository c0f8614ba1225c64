import MDLM

/// Rows to measure, and where they come from.
struct EvaluationSubject {
  /// The protocol that made the rows, or nil for data of one's own.
  let published: DataProtocol?
  let files: [String]
  let rows: TokenRows
  let making: RowMaking
  /// What the user may want to know, one sentence each.
  let notes: [String]

  /// Loads the part of a source that is measured and checks that the model can read it.
  init(
    _ source: DataSource, _ split: DataSplit, for model: MaskedDiffusionModel,
    published: DataProtocol? = nil, notes: [String] = []
  ) throws(InputError) {
    let dataset = try source.load(split, tokenizer: model.tokenizer)
    files = split == .valid && !source.valid.isEmpty ? source.valid : source.train
    guard let rows = dataset.rows[split], let making = dataset.making[split] else {
      throw InputError(
        .badData, files.joined(separator: ", "), found: "no rows in the \(split) part",
        expected: "at least one", remedy: "Choose another part with --split")
    }
    try rows.checkIDs(
      vocabularySize: model.network.vocabularySize, maskID: model.diffusion.maskID,
      subject: files.joined(separator: ", "))
    self.published = published
    self.rows = rows
    self.making = making
    // Files and protocols have but one part, whose name says nothing; that of the protocol does.
    let part = "\(split): "
    self.notes =
      notes
      + dataset.notes.map { note in
        guard published != nil || split == .train, note.hasPrefix(part) else { return note }
        return (published.map { "\($0.name): " } ?? "") + note.dropFirst(part.count)
      }
  }

  /// Loads the corpus of a protocol, from `path` or from its place below `corpora`.
  init(
    _ published: DataProtocol, path: String?, corpora: String, for model: MaskedDiffusionModel
  ) throws(InputError) {
    guard let file = path ?? published.path(in: corpora) else {
      throw published.missing(in: corpora)
    }
    try Self.check(model, speaks: published.tokenizer, in: published.name)
    let length = min(published.length, model.network.length)
    var notes: [String] = []
    if path == nil { notes += Self.standInNotes(on: published, reading: file, in: corpora) }
    if length < published.length {
      notes.append(
        "\(published.name): rows of \(length) tokens, the model's most; the published protocol's "
          + "are \(published.length) long, so figures do not compare")
    }
    try self.init(
      try published.dataSource(path: file, length: length), published.split, for: model,
      published: published, notes: notes)
  }

  /// Says where another text than that of the published figures is read, or perhaps an old one.
  fileprivate static func standInNotes(
    on published: DataProtocol, reading path: String, in corpora: String
  ) -> [String] {
    var notes: [String] = []
    if let place = published.placeNotThere(whenReading: path, in: corpora) {
      notes.append(
        "\(published.name): reads \(path); published figures are for \(place), which is not there")
    }
    if let text = published.newerText(than: path) {
      notes.append(
        "\(published.name): reads \(path), which is older than \(text). Prepare it again, or "
          + "remove it to read the text")
    }
    return notes
  }

  private static func check(
    _ model: MaskedDiffusionModel, speaks family: DataProtocol.TokenizerFamily, in name: String
  ) throws(InputError) {
    guard let tokenizer = model.tokenizer else {
      throw InputError(
        .missingInput, model.directory.path, found: "no tokenizer.json",
        expected: "the tokenizer of the protocol \(name): \(family.rawValue)",
        remedy: "Name it with --tokenizer PATH")
    }
    guard tokenizer.vocabularySize == family.vocabularySize else {
      throw InputError(
        .usage, "--protocol \(name)", found: "a model of \(tokenizer.vocabularySize) ids",
        expected: "one of \(family.vocabularySize) ids (\(family.rawValue) with the mask)",
        remedy: "Measure it with --data: perplexities per token of other tokenizers do not compare")
    }
    guard tokenizer.fingerprint == family.fingerprint else {
      throw InputError(
        .usage, "--protocol \(name)", found: "a tokenizer that is not \(family.rawValue)",
        expected: "the vocabulary \(family.fingerprint.prefix(12))… (\(family.rawValue))",
        remedy: "Name the right one with --tokenizer PATH, or measure with --data")
    }
  }
}

extension EvaluatePerplexity {
  /// The protocols that `--protocol` names.
  static func protocols(named name: String) -> [DataProtocol] {
    name == suiteName ? DataProtocol.zeroShot : [DataProtocol.named(name)].compactMap(\.self)
  }

  /// The name of all zero-shot protocols together.
  static let suiteName = "zero-shot"

  /// What is to be measured: files, or a split of the data that the run was trained with.
  func subject(for model: MaskedDiffusionModel) throws -> EvaluationSubject {
    let trained = try model.directory.runConfiguration()
    guard data.isEmpty else {
      try checkTokenizer(of: model)
      return try EvaluationSubject(try files(model, trained), .train, for: model)
    }
    guard let trained else {
      throw InputError(
        .usage, "mdlm eval-ppl",
        found: "no --data or --protocol, and no config.json5 of a run around \(checkpoint ?? "it")",
        expected: "text to measure",
        remedy: "Name files with --data FILE…, or a corpus with --protocol NAME")
    }
    let (source, published) = (try trained.dataSource, try protocolOfSplit(trained, model))
    var notes: [String] = []
    if let published, let path = source.valid.first ?? source.train.first {
      notes = EvaluationSubject.standInNotes(
        on: published, reading: path, in: RunConfiguration.corpora)
    }
    return try EvaluationSubject(
      source, DataSplit(split), for: model, published: published, notes: notes)
  }

  /// The protocol whose rows the split of a run is, if it is: a run that names a protocol's text may
  /// pack it, or cut rows, in its own way.
  private func protocolOfSplit(
    _ trained: RunConfiguration, _ model: MaskedDiffusionModel
  ) throws -> DataProtocol? {
    guard let published = try trained.dataProtocol else { return nil }
    let isMeasuredPart =
      published.split == .test ? split == .test : split == .valid && trained.data.valid != nil
    let hasItsRows = published.hasRows(
      packing: trained.packing, length: model.network.length, tokenizer: model.tokenizer)
    return isMeasuredPart && hasItsRows ? published : nil
  }

  private func checkTokenizer(of model: MaskedDiffusionModel) throws(InputError) {
    let text = data.first { DataFormat(path: $0) != .shard }
    guard let text, model.tokenizer == nil else { return }
    throw InputError(
      .missingInput, model.directory.path, found: "no tokenizer.json",
      expected: "the model's tokenizer, to read \(text)",
      remedy: "Name it with --tokenizer PATH, or give token ids (.bin)")
  }

  /// Files are packed as the run packed its own; without a run, in the official way where the
  /// tokenizer has the special tokens for it, else as one stream with nothing inserted.
  private func files(
    _ model: MaskedDiffusionModel, _ trained: RunConfiguration?
  ) throws -> DataSource {
    let isFramed = model.tokenizer?.beginID != nil && model.tokenizer?.endID != nil
    var reading = try trained?.reading ?? TextReading(documents: isFramed ? .lines : .stream)
    // What was undone in the text of a shard is done.
    if data.contains(where: { DataFormat(path: $0) == .shard }) { reading.detokenizer = .none }
    return DataSource(
      train: data, reading: reading,
      packing: trained.map(\.packing) ?? (isFramed ? .wrapped() : .plain),
      fractions: try SplitFractions(), length: model.network.length,
      vocabularySize: model.network.vocabularySize, rawUInt16: readsRawShards)
  }
}

extension DataSplit {
  fileprivate init(_ split: EvaluatePerplexity.Split) {
    self =
      switch split {
      case .train: .train
      case .valid: .valid
      case .test: .test
      }
  }
}
