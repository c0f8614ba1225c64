/// The denoising network of MDLM: a bidirectional transformer with rotary positions and adaptive
/// normalization (DiT), with the official code's parameters, names and initial values.
public final class DiffusionTransformer: Denoiser {
  public let configuration: DiffusionTransformerConfiguration
  /// The weights; two networks may share them.
  public let parameters: ParameterStore
  private let rotary: RotaryTable

  public var vocabularySize: Int { configuration.vocabularySize }
  public var length: Int { configuration.length }
  public var conditionsOnTime: Bool { configuration.timeConditioning }

  /// Creates a network with all weights at zero.
  ///
  /// - Parameters:
  ///   - configuration: Its sizes.
  ///   - device: Where it computes.
  ///   - trainable: Whether room for gradients is kept.
  public init(
    _ configuration: DiffusionTransformerConfiguration, on device: Device, trainable: Bool = false
  ) {
    require(
      configuration.hiddenSize % (2 * configuration.headCount) == 0,
      "[DiffusionTransformer] hidden size \(configuration.hiddenSize) is not an even number per "
        + "head for \(configuration.headCount) heads")
    self.configuration = configuration
    parameters = ParameterStore(
      Self.layout(configuration), on: device, withGradients: trainable)
    rotary = RotaryTable(length: configuration.length, headSize: configuration.headSize)
  }

  /// The names and shapes of the parameters of a network of these sizes.
  static func layout(_ sizes: DiffusionTransformerConfiguration) -> ParameterLayout {
    let (width, conditioning) = (sizes.hiddenSize, sizes.conditioningSize)
    var layout = ParameterLayout()
    layout.add(
      "vocab_embed.embedding", [sizes.vocabularySize, width], .linear(fanIn: width))
    TimestepEmbedding.addParameters(to: &layout, conditioningSize: conditioning)
    for block in 0..<sizes.blockCount {
      DiffusionTransformerBlock.addParameters(to: &layout, block: block, sizes)
    }
    layout.add("output_layer.norm_final.weight", [width], .ones)
    layout.add("output_layer.linear.weight", [sizes.vocabularySize, width], .zeros)
    layout.add("output_layer.linear.bias", [sizes.vocabularySize], .zeros)
    layout.add("output_layer.adaLN_modulation.weight", [2 * width, conditioning], .zeros)
    layout.add("output_layer.adaLN_modulation.bias", [2 * width], .zeros)
    return layout
  }

  public func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    require(
      length <= configuration.length && tokens.count % length == 0
        && noiseLevels.count == tokens.count / length,
      "[features] \(tokens.count) tokens in sequences of \(length) (the network has "
        + "\(configuration.length) positions), \(noiseLevels.count) noise levels")
    let root = ModuleParameters(store: parameters, pass: pass)
    // Without time conditioning every sequence sees level 0: one row of conditioning serves all.
    let levels = configuration.timeConditioning ? noiseLevels : [0]
    let conditioning = TimestepEmbedding.conditioning(levels, root.at("sigma_map"))
    let groups = RowGroups(rows: tokens.count, groups: levels.count)
    var x = parameters.device.during(.embedding) {
      root["vocab_embed.embedding"].gatheringRows(tokens)
    }
    for block in 0..<configuration.blockCount {
      x = DiffusionTransformerBlock.forward(
        x, root.at("blocks.\(block)"),
        DiffusionTransformerBlock.Context(
          sizes: configuration, length: length, rotary: rotary, conditioning: conditioning,
          groups: groups, block: block))
    }
    return Features(rows: x, conditioning: conditioning, length: length)
  }

  public func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    let output = ModuleParameters(store: parameters, pass: pass).at("output_layer")
    let modulation = output.linear("adaLN_modulation", features.conditioning)
    let width = configuration.hiddenSize
    let normalized = features.rows.gatheringRows(rows).normalized(
      weight: output["norm_final.weight"],
      modulation: Modulation(
        shift: ColumnSlice(modulation, chunk: 0, width: width),
        scale: ColumnSlice(modulation, chunk: 1, width: width),
        groups: features.groups(of: rows)))
    return OutputHead(
      input: normalized, weight: output["linear.weight"], bias: output["linear.bias"])
  }
}
