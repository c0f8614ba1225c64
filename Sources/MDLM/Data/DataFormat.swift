/// What a data file holds, told by its extension; `.gz` behind it is passed over.
public enum DataFormat: String, Sendable, Equatable, CaseIterable {
  /// UTF-8 text; every extension but the others, and none.
  case text
  /// `.jsonl`: one JSON object a line.
  case jsonLines = "jsonl"
  /// `.csv`: records without a header whose columns after the first are the text (AG News).
  case csv
  /// `.fa`, `.fasta`, `.fna`: DNA sequences, each behind a line that begins with `>`.
  case fasta
  /// `.bin`: token ids.
  case shard = "bin"

  public init(path: String) {
    let name = path.split(separator: "/").last ?? ""
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 1, parts.last?.lowercased() == "gz" { parts.removeLast() }
    switch parts.count > 1 ? parts.last?.lowercased() : nil {
    case "jsonl": self = .jsonLines
    case "csv": self = .csv
    case "fa", "fasta", "fna": self = .fasta
    case "bin": self = .shard
    default: self = .text
    }
  }
}

extension TextReading {
  /// Returns whether the files are token shards; text and shards do not mix.
  ///
  /// - Parameters:
  ///   - train: The files of `data.train`.
  ///   - valid: The files of `data.valid`, perhaps none.
  /// - Returns: True for shards, false for text.
  /// - Throws: ``InputError`` where there are no files, or of kinds that cannot be used.
  func areShards(_ train: [String], with valid: [String]) throws(InputError) -> Bool {
    guard let first = train.first else {
      throw InputError(
        .badConfiguration, "data.train", found: "no files", expected: "at least one data file",
        remedy: "Name a .txt, .jsonl or .bin file")
    }
    let areShards = format(of: first) == .shard
    for path in train + valid {
      guard (format(of: path) == .shard) == areShards else {
        throw InputError(
          .badConfiguration, path,
          found: areShards ? "text beside the token shard \(first)" : "a token shard beside text",
          expected: "files of one kind", remedy: "Give either .bin files or text files")
      }
    }
    return areShards
  }
}
