/// What a likelihood was measured on and with: enough to tell whether two figures compare.
public struct EvaluationManifest: Sendable, Equatable {
  /// The ``DataProtocol`` by its name, or nil for data of one's own.
  public let protocolName: String?
  /// The files that were read.
  public let files: [String]
  /// ``TokenRows/fingerprint()`` of the rows.
  public let rows: String
  /// Tokens in a row.
  public let length: Int
  /// How the rows were made.
  public let making: RowMaking
  public let model: ModelFingerprint

  /// Describes an evaluation.
  ///
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  public init(
    protocolName: String?, files: [String], rows: TokenRows, making: RowMaking,
    model: ModelFingerprint
  ) throws(InputError) {
    self.protocolName = protocolName
    self.files = files
    self.rows = try rows.fingerprint()
    length = rows.length
    self.making = making
    self.model = model
  }
}

/// What tells a model from all others.
public struct ModelFingerprint: Sendable, Equatable {
  /// ``Tokenizer/fingerprint``, or nil for token ids without a tokenizer.
  public let tokenizer: String?
  /// The SHA-256 of the file with the weights, as `sha256sum` prints it.
  public let weights: String
  /// Which of a checkpoint's weights they are.
  public let kind: ModelDirectory.Weights

  /// Reads the file with these weights of `model` from front to back.
  ///
  /// - Throws: ``InputError`` where it cannot be read.
  public init(
    of model: MaskedDiffusionModel, _ kind: ModelDirectory.Weights
  ) throws(InputError) {
    tokenizer = model.tokenizer?.fingerprint
    weights = try model.directory.weightsFingerprint(kind)
    self.kind = kind
  }
}
