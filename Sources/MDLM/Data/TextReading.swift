/// Where one document of a text file ends and the next begins (`data.documents`).
///
/// Token shards keep the number of the case: new ones come last.
public enum DocumentBoundary: String, Sendable, CaseIterable {
  /// Every line of a text file is a document; an empty line is an empty one.
  case lines
  /// All files together are one text without boundaries.
  case stream
}

/// How the text of files becomes documents.
public struct TextReading: Sendable, Equatable {
  public var documents: DocumentBoundary
  /// The key of a `.jsonl` record that holds its text.
  public var textKey: String
  /// What undoes the spaces that a corpus was tokenized with.
  public var detokenizer: Detokenizer
  /// What becomes of the ends of lines that are documents.
  public var lineEnds: LineEnds
  /// What every file holds, or nil where extensions tell.
  public var format: DataFormat?

  public init(
    documents: DocumentBoundary = .lines, textKey: String = "text",
    detokenizer: Detokenizer = .none, lineEnds: LineEnds = .dropped, format: DataFormat? = nil
  ) {
    self.documents = documents
    self.textKey = textKey
    self.detokenizer = detokenizer
    self.lineEnds = lineEnds
    self.format = format
  }

  /// What becomes part of the ids, one byte each, as token shards keep it.
  var codes: [UInt8] {
    func code<Value: CaseIterable & Equatable>(_ value: Value) -> UInt8 {
      UInt8(Array(Value.allCases).firstIndex(of: value) ?? 0) + 1
    }
    return [code(documents), code(detokenizer), code(lineEnds)]
  }

  /// Reads what ``codes`` says, or returns nil where it says nothing known.
  init?(codes: [UInt8]) {
    func value<Value: CaseIterable>(_ code: UInt8) -> Value? {
      let all = Array(Value.allCases)
      return all.indices.contains(Int(code) - 1) ? all[Int(code) - 1] : nil
    }
    guard codes.count == 3, let documents: DocumentBoundary = value(codes[0]),
      let detokenizer: Detokenizer = value(codes[1]), let lineEnds: LineEnds = value(codes[2])
    else { return nil }
    self.init(documents: documents, detokenizer: detokenizer, lineEnds: lineEnds)
  }

  /// What the file at `path` holds.
  func format(of path: String) -> DataFormat { format ?? DataFormat(path: path) }
}

/// What becomes of the end of a line that is a document.
///
/// Token shards keep the number of the case: new ones come last.
public enum LineEnds: String, Sendable, CaseIterable {
  case dropped
  /// A line that is not blank keeps its line feed, a blank one is empty: the rows of WikiText.
  case kept
  /// White space at both ends of a line is dropped, too: the rows of Penn Treebank and LM1B.
  case trimmed
}

/// A document, or a part of one that is too long to be held whole.
struct TextPiece: Sendable {
  var text: SourceText
  /// Whether the document ends with this piece.
  var endsDocument: Bool
}
