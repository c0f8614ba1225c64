/// How a published figure was measured: the corpus, its tokenizer, and how rows are made of it.
///
/// Perplexities compare only where all of this is the same. Rules are those of the official code
/// (its `dataloader.py` and `data/` configs) but where ``notes`` say otherwise.
public struct DataProtocol: Sendable {
  /// The name that `--protocol` takes.
  public let name: String
  /// What is measured, in one line.
  public let summary: String
  public let tokenizer: TokenizerFamily
  public let reading: TextReading
  public let packing: Packing
  /// Tokens in a row.
  public let length: Int
  /// The share of the text that the part takes from its end, where the corpus is one file.
  public let testFraction: Double
  /// The part that is measured, as the field names it.
  public let splitName: String
  /// Places of what is measured, files or directories below the folder of corpora.
  ///
  /// The first that is there is read. Figures are published for the first of all; the others stand
  /// in for it.
  public let paths: [String]
  /// Places of the text to train on, a file or a directory; none where the corpus is only measured.
  public let trainingPaths: [String]
  /// Where to get them.
  public let source: String
  /// The perplexity (bits per character for text8) that the MDLM paper's model has, if published.
  public let published: Double?
  /// What to know before comparing.
  public let notes: String?

  /// Whose ids the protocol is measured in.
  public enum TokenizerFamily: String, Sendable {
    case gpt2 = "GPT-2"
    case bertUncased = "BERT uncased"
    /// The 26 letters and the space.
    case letters = "27 characters"

    /// The number of ids, the mask included.
    public var vocabularySize: Int {
      switch self {
      case .gpt2: 50_258
      case .bertUncased: 30_522
      case .letters: 28
      }
    }

    /// ``Tokenizer/fingerprint`` of its vocabulary.
    public var fingerprint: String {
      switch self {
      case .gpt2: "efb63178de155ba55fffff2f3b1b4e93b662f67cd3b39c1ec4393f1db4ac9137"
      case .bertUncased: "bc096f30f1cc6d6b3c8bcb61243ae31c33a086d2be61a8b1ee31c15905d28b52"
      case .letters:
        CharacterTokenizer(
          scalars: [" "] + (UInt8(ascii: "a")...UInt8(ascii: "z")).map { Unicode.Scalar($0) },
          specials: []
        ).fingerprint
      }
    }
  }

  /// Finds a protocol by its name.
  public static func named(_ name: String) -> DataProtocol? { all.first { $0.name == name } }

  /// The protocols of the zero-shot suite, in the order of the paper's table.
  public static var zeroShot: [DataProtocol] {
    ["ptb", "wikitext", "lm1b-gpt2", "lambada", "ag_news", "pubmed", "arxiv"].compactMap(named)
  }

  /// Returns the file or directory to read below `folder`, or nil where none is there.
  ///
  /// What `mdlm prepare` has made of it (its name and `.bin`) comes before the text itself.
  public func path(in folder: String) -> String? { Self.first(of: paths, in: folder) }

  /// Returns the place that `path` stands in for, or nil where it is the one of published figures.
  public func placeNotThere(whenReading path: String, in folder: String) -> String? {
    guard let place = paths.first.map({ "\(folder)/\($0)" }) else { return nil }
    return path == place || path == place + ".bin" ? nil : place
  }

  /// Returns the text that the shard at `path` was made of, if it has changed since then.
  public func newerText(than path: String) -> String? {
    guard DataFormat(path: path) == .shard else { return nil }
    let text = String(path.dropLast(4))
    guard let made = FileSystem.modificationTime(of: path),
      let changed = FileSystem.modificationTime(of: text), changed > made
    else { return nil }
    return text
  }

  /// Returns the text to train on below `folder`, or nil where none is there.
  public func trainingPath(in folder: String) -> String? {
    Self.first(of: trainingPaths, in: folder)
  }

  private static func first(of paths: [String], in folder: String) -> String? {
    paths.flatMap { ["\(folder)/\($0).bin", "\(folder)/\($0)"] }.first(where: FileSystem.exists)
  }

  /// The mistake that what is measured, or trained on, is not below `folder`.
  ///
  /// - Parameters:
  ///   - folder: Where its files are sought.
  ///   - forRun: Whether a configuration names the protocol, which cannot name another folder.
  ///   - training: Whether the training text is meant.
  /// - Returns: The mistake, which says how to get the file.
  public func missing(
    in folder: String, forRun: Bool = false, training: Bool = false
  ) -> InputError {
    if training && trainingPaths.isEmpty {
      return InputError(
        .badConfiguration, "data.train", found: "the protocol \(name), which is only measured",
        expected: "text to train on",
        remedy: "Name files, and measure \(name) with mdlm eval-ppl --protocol \(name)")
    }
    let place = (training ? trainingPaths : paths).first ?? name
    return InputError(
      .missingInput, "\(folder)/\(place)", found: "nothing there",
      expected: training ? "the training text of \(name)" : "the \(splitName) part of \(name)",
      remedy: "Fetch it (scripts/fetch-corpora \(name), or \(source)), or name "
        + (forRun ? "files in the configuration" : "another folder with --corpora"))
  }

  /// Returns whether rows made of the protocol's text in this way are its rows.
  public func hasRows(packing: Packing, length: Int, tokenizer: (any Tokenizer)?) -> Bool {
    packing == self.packing && length == self.length
      && tokenizer?.fingerprint == self.tokenizer.fingerprint
  }

  /// Where the rows come from.
  ///
  /// - Parameters:
  ///   - path: The file to read.
  ///   - length: Tokens in a row, ``length`` for the published protocol.
  /// - Returns: The rows, whose measured part is ``split``.
  /// - Throws: ``InputError`` where the file is a token shard that was not made as the protocol says.
  public func dataSource(path: String, length: Int) throws(InputError) -> DataSource {
    var reading = reading
    if DataFormat(path: path) == .shard {
      reading.format = .shard
      try checkShard(at: path)
    }
    return DataSource(
      train: [path], reading: reading, packing: packing,
      fractions: try SplitFractions(test: testFraction), length: length)
  }

  /// Checks that the shard at `path` says that its text was read as the protocol's.
  ///
  /// - Throws: ``InputError`` where it was not, or the shard does not say.
  func checkShard(at path: String) throws(InputError) {
    let codes = try TokenShard(path: path).reading?.codes
    guard codes != reading.codes else { return }
    throw InputError(
      .badData, path,
      found: codes == nil
        ? "a shard that does not say how its text was read" : "text that was read in another way",
      expected: "the text of the protocol \(name): detokenizer \(reading.detokenizer.rawValue), "
        + "line ends \(reading.lineEnds.rawValue), documents \(reading.documents.rawValue)",
      remedy: "Write it again with mdlm prepare --protocol \(name), or name the text")
  }

  /// The part of ``dataSource(path:length:)`` that is measured.
  public var split: DataSplit { testFraction > 0 ? .test : .train }
}
