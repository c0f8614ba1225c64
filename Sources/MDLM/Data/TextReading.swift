/// Where one document of a text file ends and the next begins (`data.documents`).
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

  /// What the file at `path` holds.
  func format(of path: String) -> DataFormat { format ?? DataFormat(path: path) }
}

/// What becomes of the end of a line that is a document.
public enum LineEnds: String, Sendable, CaseIterable {
  case dropped
  /// A line that is not blank keeps a line feed, a blank one is empty: the rows of WikiText.
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
