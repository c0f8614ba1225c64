/// The autoregressive baseline of the paper: the blocks of ``DiffusionTransformer`` with causal
/// attention and without conditioning, under the official names.
///
/// What it knows of a position is about the token that follows, and the noise level is ignored.
public final class AutoregressiveTransformer: Network, NetworkArchitecture, CausalNetwork {
  private let trunk: TransformerTrunk

  public var configuration: NetworkConfiguration { trunk.configuration }
  public var parameters: ParameterStore { trunk.parameters }

  public init(_ configuration: NetworkConfiguration, on device: Device, trainable: Bool = false) {
    trunk = TransformerTrunk(configuration, .causal, on: device, trainable: trainable)
  }

  static func layout(_ sizes: NetworkConfiguration) -> ParameterLayout {
    var layout = ParameterLayout()
    TransformerTrunk.addEmbedding(to: &layout, sizes)
    TransformerTrunk.addBlocks(to: &layout, sizes)
    TransformerTrunk.addOutput(to: &layout, sizes)
    return layout
  }

  public func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    trunk.features(tokens, length: length, conditioning: nil, pass)
  }

  public func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    output(of: trunk.lastBlock(features, rows: rows, pass).rows, pass)
  }

  func cache() -> KeyValueCache { trunk.cache() }

  func extending(_ caches: [KeyValueCache], by tokens: [Int32]) -> OutputHead {
    let x = trunk.extending(caches, by: tokens)
    let count = tokens.count / caches.count
    let last = caches.indices.map { Int32(($0 + 1) * count - 1) }
    return output(of: count == 1 ? x : x.gatheringRows(last), .inference)
  }

  private func output(of x: Tensor, _ pass: ForwardPass) -> OutputHead {
    parameters.device.during(.head) {
      let output = ModuleParameters(store: parameters, pass: pass).at("output_layer")
      return OutputHead(
        input: x.layerNormalized(weight: output["norm_final.weight"]),
        weight: output["linear.weight"], bias: output["linear.bias"])
    }
  }
}

/// A network that can go on from what it has computed for the tokens so far.
protocol CausalNetwork: Network {
  /// An empty cache for one sequence.
  func cache() -> KeyValueCache

  /// Returns what follows new tokens, whose keys and values the caches then hold, too.
  ///
  /// - Parameters:
  ///   - caches: One for each sequence; they may hold different numbers of tokens.
  ///   - tokens: As many new tokens for each sequence, one sequence after another.
  /// - Returns: The answer behind the last token of each sequence, `[sequences, width]`.
  func extending(_ caches: [KeyValueCache], by tokens: [Int32]) -> OutputHead
}
