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
  /// Whether a line that is not blank keeps its line end, as WikiText's rows do.
  public var keepsLineEnds: Bool
  /// What every file holds, or nil where extensions tell.
  public var format: DataFormat?

  public init(
    documents: DocumentBoundary = .lines, textKey: String = "text",
    detokenizer: Detokenizer = .none, keepsLineEnds: Bool = false, format: DataFormat? = nil
  ) {
    self.documents = documents
    self.textKey = textKey
    self.detokenizer = detokenizer
    self.keepsLineEnds = keepsLineEnds
    self.format = format
  }

  /// What the file at `path` holds.
  func format(of path: String) -> DataFormat { format ?? DataFormat(path: path) }
}

/// A document, or a part of one that is too long to be held whole.
struct TextPiece: Sendable {
  var text: SourceText
  /// Whether the document ends with this piece.
  var endsDocument: Bool
}
