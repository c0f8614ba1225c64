/// How sequences were drawn, as a trace file tells it: every frame can be made from it.
public struct GenerationTrace: Sendable, Equatable {
  public let header: TraceHeader
  /// In the order in which they began.
  public internal(set) var samples: [TraceSample] = []
  /// The texts of tokens; empty for models without tokenizer.
  public internal(set) var names: [Int32: String] = [:]

  /// Reads a file that ``TraceWriter`` has written.
  ///
  /// A file may end anywhere behind its first line, as it does after a kill: then samples are
  /// unfinished. Everything else that does not fit together is refused.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``InputError`` that names the file and the line.
  public init(contentsOf path: String) throws(InputError) {
    try self.init(parsing: try InputFile.contents(of: path, limit: Self.sizeLimit), name: path)
  }

  /// The most bytes a trace may have; about ten million reveals.
  private static let sizeLimit = 1 << 30

  init(header: TraceHeader) { self.header = header }

  /// Returns the sample with this number.
  public func sample(_ index: Int) -> TraceSample? { samples.first { $0.index == index } }

  /// The text of a token, which for a model without tokenizer is its id and a space.
  func text(of token: Int32) -> String { names[token] ?? "\(token) " }
}
