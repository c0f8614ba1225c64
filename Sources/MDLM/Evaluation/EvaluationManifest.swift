/// What a likelihood was measured on and with: enough to tell whether two figures compare.
public struct EvaluationManifest: Sendable, Equatable {
  /// The ``DataProtocol`` by its name, or nil for data of one's own.
  public var protocolName: String?
  /// The files that were read.
  public var files: [String]
  /// ``TokenRows/fingerprint()`` of the rows.
  public var rows: String
  /// Tokens in a row.
  public var length: Int
  /// ``Tokenizer/fingerprint``, or nil for token ids without a tokenizer.
  public var tokenizer: String?
  /// The SHA-256 of the file with the weights, as `sha256sum` prints it.
  public var weights: String
  /// Which of a checkpoint's weights they are.
  public var weightsKind: ModelDirectory.Weights

  /// Describes an evaluation.
  ///
  /// - Throws: ``InputError`` where a file has gone.
  public init(
    protocolName: String?, files: [String], rows: TokenRows, model: MaskedDiffusionModel,
    weights: ModelDirectory.Weights
  ) throws(InputError) {
    self.protocolName = protocolName
    self.files = files
    self.rows = try rows.fingerprint()
    length = rows.length
    tokenizer = model.tokenizer?.fingerprint
    self.weights = try model.directory.weightsFingerprint(weights)
    weightsKind = weights
  }
}
