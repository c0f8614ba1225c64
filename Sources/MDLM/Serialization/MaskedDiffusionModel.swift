/// A model read from disk, ready to measure and to sample.
///
/// ```swift
/// let model = try MaskedDiffusionModel(path: "runs/quickstart", on: Device())
/// for sample in try Sampler(model.diffusion).sample(from: model.network, count: 4) {
///   print(model.text(of: sample.tokens))
/// }
/// ```
public struct MaskedDiffusionModel: Sendable {
  public let network: any Network
  public let diffusion: DiffusionSettings
  /// The tokenizer of the model's text, or nil for a model that works with token ids.
  public let tokenizer: (any Tokenizer)?
  /// Where the model was found.
  public let directory: ModelDirectory

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: A run directory (its latest checkpoint), a checkpoint, or a Hugging Face style model
  ///     directory.
  ///   - tokenizerPath: A tokenizer.json or its directory, in place of the model's own.
  ///   - weights: The moving average, as published, or the raw weights of a checkpoint.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` or ``InputErrors`` for files that cannot be used, and for a tokenizer
  ///   whose ids are not the network's.
  public init(
    path: String, tokenizerPath: String? = nil, weights: ModelDirectory.Weights = .ema,
    on device: Device
  ) throws {
    directory = try ModelDirectory(resolving: path)
    diffusion = directory.configuration.diffusion
    tokenizer =
      if let tokenizerPath { try TokenizerFile.load(path: tokenizerPath) } else {
        try directory.tokenizer()
      }
    try directory.check(tokenizer, at: tokenizerPath)
    if weights == .raw { try ModelDirectory.verify([.weights], in: directory.path) }
    network = try directory.network(weights, on: device)
  }

  /// Returns the text of some tokens without special ones, or their ids where no tokenizer is known.
  public func text(of tokens: [Int32]) -> String {
    tokenizer?.decode(tokens) ?? tokens.map(String.init).joined(separator: " ")
  }

  /// Returns the tokens of some text, or the ids that it lists where no tokenizer is known.
  ///
  /// - Throws: ``InputError`` where the text has what the tokenizer does not know.
  public func tokens(of text: String) throws(InputError) -> [Int32] {
    if let tokenizer { return try tokenizer.encode(text) }
    return try SourceText(text).tokenIDs(vocabularySize: network.vocabularySize)
  }
}

extension ModelDirectory {
  /// The tokenizer that came with the model, or nil where there is none.
  public func tokenizer() throws(InputError) -> (any Tokenizer)? {
    guard let tokenizerPath else { return nil }
    return try TokenizerFile.load(path: tokenizerPath)
  }

  /// Refuses a tokenizer whose ids are not the network's.
  func check(_ tokenizer: (any Tokenizer)?, at path: String?) throws(InputError) {
    guard let tokenizer else { return }
    let subject = path ?? tokenizerPath ?? self.path
    let (size, mask) = (configuration.network.vocabularySize, configuration.diffusion.maskID)
    guard tokenizer.vocabularySize == size, tokenizer.maskID == mask else {
      throw InputError(
        .badData, subject,
        found: "\(tokenizer.vocabularySize) ids with the mask \(tokenizer.maskID)",
        expected: "\(size) ids with the mask \(mask), as \(self.path)/config.json says",
        remedy: "Use the tokenizer that the model was trained with")
    }
  }
}
