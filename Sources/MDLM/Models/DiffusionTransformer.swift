/// The denoising network of MDLM: a bidirectional transformer with rotary positions and adaptive
/// normalization (DiT), with the official code's parameters, names and initial values.
public final class DiffusionTransformer: Network, NetworkArchitecture {
  private let trunk: TransformerTrunk

  public var configuration: NetworkConfiguration { trunk.configuration }
  public var parameters: ParameterStore { trunk.parameters }

  public init(_ configuration: NetworkConfiguration, on device: Device, trainable: Bool = false) {
    trunk = TransformerTrunk(configuration, .full, on: device, trainable: trainable)
  }

  static func layout(_ sizes: NetworkConfiguration) -> ParameterLayout {
    let (width, conditioning) = (sizes.hiddenSize, sizes.conditioningSize)
    var layout = ParameterLayout()
    TransformerTrunk.addEmbedding(to: &layout, sizes)
    TimestepEmbedding.addParameters(to: &layout, conditioningSize: conditioning)
    TransformerTrunk.addBlocks(to: &layout, sizes)
    TransformerTrunk.addOutput(to: &layout, sizes)
    layout.add("output_layer.adaLN_modulation.weight", [2 * width, conditioning], .zeros)
    layout.add("output_layer.adaLN_modulation.bias", [2 * width], .zeros)
    return layout
  }

  public func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    require(
      noiseLevels.count == tokens.count / length,
      "[features] \(tokens.count) tokens in sequences of \(length), "
        + "\(noiseLevels.count) noise levels")
    let root = ModuleParameters(store: parameters, pass: pass)
    // Without time conditioning every sequence sees level 0: one row of conditioning serves all.
    let levels = configuration.timeConditioning ? noiseLevels : [0]
    return trunk.features(
      tokens, length: length,
      conditioning: TimestepEmbedding.conditioning(levels, root.at("sigma_map")), pass)
  }

  public func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    let (x, groups) = trunk.lastBlock(features, rows: rows, pass)
    return parameters.device.during(.head) {
      let output = ModuleParameters(store: parameters, pass: pass).at("output_layer")
      let width = configuration.hiddenSize
      let modulation = features.conditioning.map {
        let vectors = output.linear("adaLN_modulation", $0)
        return Modulation(
          shift: ColumnSlice(vectors, chunk: 0, width: width),
          scale: ColumnSlice(vectors, chunk: 1, width: width), groups: groups)
      }
      return OutputHead(
        input: x.normalized(weight: output["norm_final.weight"], modulation: modulation),
        weight: output["linear.weight"], bias: output["linear.bias"])
    }
  }
}
