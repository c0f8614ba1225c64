/// Reads samples: the JSON lines of `mdlm sample --json`, or plain text.
public struct SampleReader: Sendable {
  /// What figures count as the tokens of a sample.
  public enum Unit: String, Sendable {
    /// The ids of the model's tokenizer.
    case tokens
    /// Unicode scalars, where no tokenizer is known.
    case characters
  }

  /// Turns text to ids and ids to text; nil where none is known.
  public let tokenizer: (any Tokenizer)?

  public init(tokenizer: (any Tokenizer)?) { self.tokenizer = tokenizer }

  /// Reads the samples of a file.
  ///
  /// A text whose first character is `{` holds one JSON object in every line that is not blank: of
  /// its members `text`, `tokens`, `nfe`, `seconds`, `predictor` and `steps` one of the first two
  /// must be there, and others are passed over. Any other text holds samples with empty lines
  /// between them.
  ///
  /// - Parameter file: The file's content.
  /// - Returns: At least one sample, and what their tokens are.
  /// - Throws: ``InputError`` that names the first line that cannot be used, or tells that there is
  ///   no sample.
  public func samples(in file: SourceText) throws(InputError) -> ([SampleRecord], Unit) {
    let content = file.trimmed
    guard let first = content.bytes.first else {
      throw InputError(
        .badData, file.name, found: file.bytes.isEmpty ? "an empty file" : "only white space",
        expected: "samples, as mdlm sample --json prints them, or text",
        remedy: "Draw samples first, for example with mdlm sample --num-samples 100 --json")
    }
    guard first == UInt8(ascii: "{") else { return try plain(file) }
    var samples: [SampleRecord] = []
    var hasTokens: Bool?
    for line in file.lines where !line.trimmed.bytes.isEmpty {
      let record = SampleLine(
        try JSONValue(parsing: line.bytes, name: file.name, line: line.line ?? 1),
        at: "\(file.name):\(line.line ?? 1)")
      let (sample, isTokens) = try record.sample(tokenizer)
      guard hasTokens ?? isTokens == isTokens else {
        throw record.mistake(
          found: isTokens ? "token ids" : "no token ids",
          expected: "the same as in the lines before", remedy: "Give every line 'tokens', or none")
      }
      hasTokens = isTokens
      samples.append(sample)
    }
    return (samples, hasTokens == true ? .tokens : .characters)
  }

  /// Reads text with an empty line between samples.
  private func plain(_ file: SourceText) throws(InputError) -> ([SampleRecord], Unit) {
    try file.checkCharacters()
    var samples: [SampleRecord] = []
    var start: Int?
    var end = file.bytes.startIndex
    func add(from start: Int) throws(InputError) {
      let part = file.part(from: start, to: end)
      samples.append(
        SampleRecord(
          tokens: try tokens(of: part), text: String(decoding: part.bytes, as: UTF8.self)))
    }
    for line in file.lines {
      if line.bytes.isEmpty {
        if let start { try add(from: start) }
        start = nil
      } else {
        start = start ?? line.bytes.startIndex
        end = line.bytes.endIndex
      }
    }
    if let start { try add(from: start) }
    return (samples, tokenizer == nil ? .characters : .tokens)
  }

  /// The tokens of a text: ids where there is a tokenizer, else code points.
  func tokens(of text: SourceText) throws(InputError) -> [Int32] {
    if let tokenizer { return try tokenizer.encode(text) }
    return String(decoding: text.bytes, as: UTF8.self).unicodeScalars.map { Int32($0.value) }
  }

  /// Cuts real text into pieces of as many tokens as samples have, to compare these with.
  ///
  /// - Parameters:
  ///   - file: The text.
  ///   - length: Tokens in a piece, at least 1.
  ///   - count: How many pieces are wanted; they lie evenly over the text. Fewer where it is short.
  /// - Returns: At least one piece.
  /// - Throws: ``InputError`` where the text cannot be encoded or has fewer tokens than one piece.
  public func pieces(
    of file: SourceText, length: Int, count: Int
  ) throws(InputError) -> [SampleRecord] {
    require(length > 0 && count > 0, "[SampleReader] \(count) pieces of \(length) tokens")
    try file.checkCharacters()
    let ids = try tokens(of: file)
    let available = ids.count / length
    guard available > 0 else {
      throw InputError(
        .badData, file.name, found: "\(ids.count) tokens",
        expected: "at least the \(length) of one sample", remedy: "Give a longer text")
    }
    let wanted = min(count, available)
    return (0..<wanted).map { index in
      let start = index * available / wanted * length
      let piece = Array(ids[start..<start + length])
      return SampleRecord(tokens: piece, text: text(of: piece))
    }
  }

  private func text(of tokens: [Int32]) -> String {
    if let tokenizer { return tokenizer.decode(tokens) }
    var text = String.UnicodeScalarView()
    for token in tokens { text.append(Unicode.Scalar(UInt32(token)) ?? "\u{FFFD}") }
    return String(text)
  }
}
