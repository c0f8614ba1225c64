/// What a data file holds, told by its extension.
public enum DataFormat: Sendable, Equatable {
  /// UTF-8 text; every extension but the others, and none.
  case text
  /// `.jsonl`: one JSON object a line.
  case jsonLines
  /// `.bin`: token ids.
  case shard
  /// `.fa`, `.fasta`, `.fna`: DNA sequences, which are not supported yet.
  case fasta

  public init(path: String) {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    switch parts.count > 1 ? parts.last?.lowercased() : nil {
    case "jsonl": self = .jsonLines
    case "bin": self = .shard
    case "fa", "fasta", "fna": self = .fasta
    default: self = .text
    }
  }

  /// Returns whether the files are token shards; text and shards do not mix.
  ///
  /// - Parameters:
  ///   - train: The files of `data.train`.
  ///   - valid: The files of `data.valid`, perhaps none.
  /// - Returns: True for shards, false for text.
  /// - Throws: ``InputError`` where there are no files, or of kinds that cannot be used.
  static func areShards(_ train: [String], with valid: [String]) throws(InputError) -> Bool {
    guard let first = train.first else {
      throw InputError(
        .badConfiguration, "data.train", found: "no files", expected: "at least one data file",
        remedy: "Name a .txt, .jsonl or .bin file")
    }
    let areShards = DataFormat(path: first) == .shard
    for path in train + valid {
      let format = DataFormat(path: path)
      guard format != .fasta else {
        throw InputError(
          .badConfiguration, path, found: "a FASTA file, which is not supported yet",
          expected: "text (.txt), JSON lines (.jsonl) or token shards (.bin)",
          remedy: "Turn the sequences into a text file, one a line, and use the char tokenizer")
      }
      guard (format == .shard) == areShards else {
        throw InputError(
          .badConfiguration, path,
          found: areShards ? "text beside the token shard \(first)" : "a token shard beside text",
          expected: "files of one kind", remedy: "Give either .bin files or text files")
      }
    }
    return areShards
  }
}
