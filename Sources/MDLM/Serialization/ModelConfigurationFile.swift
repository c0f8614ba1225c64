/// The `config.json` of a model directory, with the field names of the published MDLM models.
///
/// `vocab_size` counts the mask. Our own settings are in the block `mdlm`; other fields are ignored
/// on reading.
public struct ModelConfigurationFile: Equatable, Sendable {
  public var network: DiffusionTransformerConfiguration
  /// How the network was trained; its mask (`mask_token_id`) is the last id unless the file says
  /// otherwise.
  public var diffusion: DiffusionSettings

  public init(network: DiffusionTransformerConfiguration, diffusion: DiffusionSettings) {
    self.network = network
    self.diffusion = diffusion
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: ``InputError`` for a file that cannot be read or is no JSON, and ``InputErrors`` with
  ///   every field that is missing, of the wrong type or impossible.
  public init(path: String) throws {
    var fields = try JSONFileFields(path: path)
    _ = fields.choice("model_type", of: ["mdlm"])
    // The bounds of a run's configuration: far beyond use, and no product of sizes overflows.
    network = DiffusionTransformerConfiguration(
      vocabularySize: fields.integer("vocab_size", in: 2...16_777_216),
      length: fields.integer("model_length", in: 1...1_048_576),
      hiddenSize: fields.integer("hidden_dim", in: 1...65_536),
      blockCount: fields.integer("n_blocks", in: 1...4096),
      headCount: fields.integer("n_heads", in: 1...65_536),
      conditioningSize: fields.integer("cond_dim", in: 1...65_536, default: 128),
      dropout: fields.number("dropout", in: 0..<1, default: 0.1),
      timeConditioning: fields.boolean("time_conditioning", default: false))
    // Nothing below can be judged by sizes that are wrong themselves.
    try fields.finish()
    let lastID = Int32(network.vocabularySize - 1)
    let maskID = fields.integer("mask_token_id", in: 0...lastID, default: lastID)
    diffusion = fields.object("mdlm") { fields in
      _ = fields.choice("parameterization", of: ["subs"])
      _ = fields.integer("T", in: 0...0, default: 0)
      let noise = fields.choice("noise", of: NoiseScheduleName.allCases.map(\.rawValue))
      return DiffusionSettings(
        maskID: maskID, noise: NoiseScheduleName(rawValue: noise) ?? .loglinear,
        samplingEpsilon: fields.number("sampling_eps", in: 0..<1, default: 1e-3),
        isAntithetic: fields.boolean("antithetic_sampling", default: true))
    }
    Self.checkHeads(of: network, &fields)
    try fields.finish()
  }

  private static func checkHeads(
    of network: DiffusionTransformerConfiguration, _ fields: inout JSONFileFields
  ) {
    let (hidden, heads) = (network.hiddenSize, network.headCount)
    if hidden % heads != 0 {
      fields.report(
        "n_heads", found: "\(heads)", expected: "a divisor of hidden_dim, which is \(hidden)")
    } else if network.headSize % 2 != 0 {
      fields.report(
        "n_heads", found: "\(heads), which makes heads \(network.headSize) wide",
        expected: "heads of even width, as rotary embedding needs")
    }
  }

  /// The content of the file: sorted keys, the same text for the same settings.
  public func encoded() -> String {
    let value: JSONValue = [
      "architectures": ["MDLM"],
      "cond_dim": .number(network.conditioningSize),
      "dropout": .number(network.dropout),
      "hidden_dim": .number(network.hiddenSize),
      "mask_token_id": .number(diffusion.maskID),
      "mdlm": [
        "T": .number(0),
        "antithetic_sampling": .boolean(diffusion.isAntithetic),
        "noise": .string(diffusion.noise.rawValue),
        "parameterization": "subs",
        "sampling_eps": .number(diffusion.samplingEpsilon),
      ],
      "model_length": .number(network.length),
      "model_type": "mdlm",
      "n_blocks": .number(network.blockCount),
      "n_heads": .number(network.headCount),
      "time_conditioning": .boolean(network.timeConditioning),
      "torch_dtype": "float32",
      "vocab_size": .number(network.vocabularySize),
    ]
    return value.document()
  }
}
