/// A part of a corpus.
public enum DataSplit: String, Sendable, CaseIterable {
  case train
  case valid
  case test
}

/// Rows for training, validation and testing, and the tokenizer that made them.
public struct Dataset: Sendable {
  /// The tokenizer, or nil for token shards that come without one.
  public let tokenizer: (any Tokenizer)?
  /// The rows of each part that there is.
  public let rows: [DataSplit: TokenRows]
  /// How the rows of each part were made.
  public let making: [DataSplit: RowMaking]
  /// What the user may want to know, such as how many tokens were dropped, one sentence each.
  public let notes: [String]
}

/// How rows were made of a corpus.
public struct RowMaking: Sendable, Equatable {
  public let packing: Packing
  /// What was undone in the text, or nil for token shards that do not say it.
  public let detokenizer: Detokenizer?
}

/// Where data comes from and how it becomes rows: the `data` block of a config.
///
/// The extension of a file tells its format, ``DataFormat``. Text is tokenized and packed as
/// ``SequencePacker`` does it, and so are token shards that know where their documents end: rows are
/// the same as from their text. Other shards are taken as they are: consecutive rows, nothing
/// inserted, an incomplete last row dropped.
public struct DataSource: Sendable, Equatable {
  /// The files for training (`data.train`), from which validation and test may be cut.
  public var train: [String]
  /// The files for validation (`data.valid`), or none.
  public var valid: [String]
  /// The tokenizer's name or path, or nil for token shards without one.
  public var tokenizer: String?
  /// How text becomes documents.
  public var reading: TextReading
  public var packing: Packing
  /// What is cut off the end of the training files.
  public var fractions: SplitFractions
  /// Tokens in a row (`model.length`).
  public var length: Int
  /// The number of ids where no tokenizer tells it (`model.vocab_size`).
  public var vocabularySize: Int?
  /// Whether `.bin` files are nothing but uint16 ids.
  public var rawUInt16: Bool

  public init(
    train: [String], valid: [String] = [], tokenizer: String? = nil,
    reading: TextReading = TextReading(), packing: Packing = .wrapped(), fractions: SplitFractions,
    length: Int, vocabularySize: Int? = nil, rawUInt16: Bool = false
  ) {
    self.train = train
    self.valid = valid
    self.tokenizer = tokenizer
    self.reading = reading
    self.packing = packing
    self.fractions = fractions
    self.length = length
    self.vocabularySize = vocabularySize
    self.rawUInt16 = rawUInt16
  }

  /// Reads, tokenizes and packs the parts of the corpus.
  ///
  /// A character vocabulary is built from the text of all parts together.
  ///
  /// - Parameters:
  ///   - split: The only part to pack, or nil for all that there are.
  ///   - given: The tokenizer of a checkpoint, which then takes the place of the one that the
  ///     source names.
  /// - Returns: At least one row of each part.
  /// - Throws: ``InputError`` where files or settings cannot be used, the part is not there, or a
  ///   part is shorter than a row.
  public func load(
    _ split: DataSplit? = nil, tokenizer given: (any Tokenizer)? = nil
  ) throws(InputError) -> Dataset {
    try check()
    let splits = try splits(split)
    var source = self
    source.train = try InputPaths.files(at: train)
    source.valid = try InputPaths.files(at: valid)
    return try source.load(splits, given)
  }

  private func load(
    _ splits: [DataSplit], _ given: (any Tokenizer)?
  ) throws(InputError) -> Dataset {
    if try reading.areShards(train, with: valid) { return try loadShards(splits, given) }
    guard !rawUInt16 else {
      throw InputError(
        .badConfiguration, train.first ?? "",
        found: "text beside data.raw_uint16 (--raw-uint16)",
        expected: "token shards (.bin) of bare uint16 ids",
        remedy: "Drop that setting, or give the file a name that ends in .bin")
    }
    return try loadText(splits, given)
  }

  private func check() throws(InputError) {
    guard valid.isEmpty || fractions.validation == 0 else {
      throw InputError(
        .badConfiguration, "data.valid_fraction",
        found: "\(fractions.validation) beside data.valid",
        expected: "either a fraction of data.train or files of their own",
        remedy: "Remove one of the two keys")
    }
    guard length > 0 else {
      throw InputError(
        .badConfiguration, "model.length", found: "\(length)", expected: "at least 1",
        remedy: "Raise it")
    }
    if case .rowPerDocument = packing, reading.documents == .stream {
      throw InputError(
        .badConfiguration, "data.documents", found: "stream with data.wrap false",
        expected: "lines, since every document fills a row of its own",
        remedy: "Set data.documents to lines or data.wrap to true")
    }
  }
}

extension DataSource {
  /// The parts that are asked for: `only` one, or all that there are.
  func splits(_ only: DataSplit?) throws(InputError) -> [DataSplit] {
    let present = DataSplit.allCases.filter { split in
      switch split {
      case .train: true
      case .valid: !valid.isEmpty || fractions.validation > 0
      case .test: fractions.test > 0
      }
    }
    guard let only else { return present }
    guard present.contains(only) else {
      throw InputError(
        .badConfiguration, "data.\(only)_fraction", found: "0, so there is no \(only) part",
        expected: "more than 0", remedy: "Name another part, or files")
    }
    return [only]
  }

  func checkText(of part: TextCorpus, _ split: DataSplit) throws(InputError) {
    guard !part.texts.isEmpty, part.texts.allSatisfy(\.bytes.isEmpty) else { return }
    throw InputError(
      .badData, paths(of: split).joined(separator: ", "),
      found: "only empty documents" + name(of: split), expected: "text",
      remedy: "Give files with text in them")
  }

  /// Which part a mistake is in; nothing where the corpus has but one.
  private func name(of split: DataSplit) -> String {
    split == .train && valid.isEmpty && fractions.validation == 0 && fractions.test == 0
      ? "" : " in the \(split) part"
  }

  /// The files that a part comes from.
  func paths(of split: DataSplit) -> [String] {
    split == .valid && !valid.isEmpty ? valid : train
  }

  func checkNotEmpty(
    _ rows: TokenRows, _ split: DataSplit, tokenCount: Int
  ) throws(InputError) {
    guard rows.count == 0 else { return }
    let isCut = split == .test || split == .valid && valid.isEmpty
    throw InputError(
      .badData, paths(of: split).joined(separator: ", "),
      found: "\(tokenCount) tokens" + name(of: split),
      expected: "at least one row of \(length) tokens (model.length)",
      remedy: isCut
        ? "Give more text, raise data.\(split)_fraction or lower model.length"
        : "Give more text or lower model.length")
  }

  func droppedNote(_ count: Int, _ split: DataSplit, isGrouped: Bool) -> String {
    let place = isGrouped ? "at the ends of groups" : "at the end"
    return "\(split): dropped \(count) token\(count == 1 ? "" : "s") \(place), "
      + "short of a row of \(length)"
  }
}
