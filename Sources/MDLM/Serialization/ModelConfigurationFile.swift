/// The `config.json` of a model directory, with the field names of the published MDLM models.
///
/// `vocab_size` counts the mask. Our own settings are in the block `mdlm`; other fields are ignored
/// on reading.
public struct ModelConfigurationFile: Equatable, Sendable {
  public var network: NetworkConfiguration
  /// How the network was trained; its mask (`mask_token_id`) is the last id unless the file says
  /// otherwise.
  public var diffusion: DiffusionSettings

  public init(network: NetworkConfiguration, diffusion: DiffusionSettings) {
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
    network = NetworkConfiguration(
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
    diffusion = fields.object("mdlm") { Self.diffusion(maskID: maskID, &$0) }
    network.backbone = diffusion.parameterization.backbone
    Self.checkHeads(of: network, &fields)
    checkTime(&fields)
    try fields.finish()
  }

  private static func diffusion(
    maskID: Int32, _ fields: inout JSONFileFields
  ) -> DiffusionSettings {
    let name = fields.choice("parameterization", of: Parameterization.allCases.map(\.rawValue))
    var settings = DiffusionSettings(
      maskID: maskID, parameterization: Parameterization(rawValue: name) ?? .subs,
      noise: noise(&fields),
      samplingEpsilon: fields.number("sampling_eps", in: 0..<1, default: 1e-3),
      isAntithetic: fields.boolean("antithetic_sampling", default: true))
    settings.sharesOffset = fields.boolean("antithetic_offset_shared", default: false)
    settings.discreteTimeSteps = fields.integer("T", in: 0...1_000_000_000, default: 0)
    settings.excludesMask = fields.boolean("subs_masking", default: false)
    let draws = (
      fields.boolean("importance_sampling", default: false),
      fields.boolean("change_of_variables", default: false)
    )
    settings.timeTransform =
      draws.0 ? .importance : draws.1 ? .changeOfVariables : TimeTransform.none
    if draws.0 && draws.1 {
      fields.report(
        "change_of_variables", found: "it beside importance_sampling", expected: "one of the two")
    }
    return settings
  }

  private static func noise(_ fields: inout JSONFileFields) -> NoiseSettings {
    let name = fields.choice("noise", of: NoiseScheduleName.allCases.map(\.rawValue))
    var noise = NoiseSettings(type: NoiseScheduleName(rawValue: name) ?? .loglinear)
    noise.sigmaMin = fields.optionalNumber("noise_sigma_min", orMissing: true)
    noise.sigmaMax = fields.optionalNumber("noise_sigma_max", orMissing: true)
    noise.degree = fields.optionalNumber("noise_degree", orMissing: true)
    let values = [noise.effectiveSigmaMin, noise.effectiveSigmaMax, noise.effectiveDegree]
    let areUsable = values.allSatisfy { $0.map { (1e-30...1e30).contains($0) } ?? true }
    let rises = zip([noise.effectiveSigmaMin], [noise.effectiveSigmaMax]).allSatisfy {
      $0 ?? 0 < $1 ?? 1
    }
    if !areUsable || !rises {
      fields.report(
        "noise", found: noise.summary,
        expected: "numbers above 0, and noise_sigma_min below noise_sigma_max")
      return NoiseSettings()
    }
    return noise
  }

  /// What a parameterization says about time.
  private func checkTime(_ fields: inout JSONFileFields) {
    let (kind, steps) = (diffusion.parameterization, diffusion.discreteTimeSteps)
    switch kind.traits.discreteTime {
    case .required where steps == 0:
      fields.report(
        "mdlm.T", found: "0 with \(kind.rawValue)",
        expected: "the number of steps, such as \(kind.usualTimeSteps)")
    case .impossible where steps > 0:
      fields.report(
        "mdlm.T", found: "\(steps) with \(kind.rawValue)", expected: "0, continuous time")
    default: break
    }
    switch kind.traits.timeConditioning {
    case .required where !network.timeConditioning:
      fields.report(
        "time_conditioning", found: "false with \(kind.rawValue)", expected: "true")
    case .impossible where network.timeConditioning:
      fields.report(
        "time_conditioning", found: "true with \(kind.rawValue)", expected: "false")
    default: break
    }
  }

  private static func checkHeads(
    of network: NetworkConfiguration, _ fields: inout JSONFileFields
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
    var settings: [String: JSONValue] = [
      "T": .number(diffusion.discreteTimeSteps),
      "antithetic_sampling": .boolean(diffusion.isAntithetic),
      "noise": .string(diffusion.noise.type.rawValue),
      "parameterization": .string(diffusion.parameterization.rawValue),
      "sampling_eps": .number(diffusion.samplingEpsilon),
    ]
    // What is usual is left out.
    settings["noise_sigma_min"] = diffusion.noise.sigmaMin.map { .number($0) }
    settings["noise_sigma_max"] = diffusion.noise.sigmaMax.map { .number($0) }
    settings["noise_degree"] = diffusion.noise.degree.map { .number($0) }
    let flags = [
      "antithetic_offset_shared": diffusion.sharesOffset, "subs_masking": diffusion.excludesMask,
      "importance_sampling": diffusion.timeTransform == .importance,
      "change_of_variables": diffusion.timeTransform == .changeOfVariables,
    ]
    for (name, isSet) in flags where isSet { settings[name] = .boolean(true) }
    let value: JSONValue = [
      "architectures": ["MDLM"],
      "cond_dim": .number(network.conditioningSize),
      "dropout": .number(network.dropout),
      "hidden_dim": .number(network.hiddenSize),
      "mask_token_id": .number(diffusion.maskID),
      "mdlm": .object(settings.sorted { $0.key < $1.key }.map { JSONMember(key: $0, value: $1) }),
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
