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
    layout.addTable(
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
    let sequences = tokens.count / length
    var features = Features(
      rows: Tensor(uninitialized: [0, configuration.hiddenSize], on: parameters.device),
      conditioning: conditioning,
      selection: RowSelection(allOf: sequences, length: length), length: length)
    let embedding = root["vocab_embed.embedding"]
    let isLast = configuration.blockCount == 1
    if !isLast && levels.count == 1 {
      let distinct = DistinctTokens(tokens, vocabularySize: vocabularySize)
      let rows = parameters.device.during(.embedding) { embedding.gatheringRows(distinct.tokens) }
      forward(block: 0, from: rows, &features, pass) {
        DiffusionTransformerBlock.forward(distinct: $0, places: distinct.places, $1, $2)
      }
    } else {
      features.rows = parameters.device.during(.embedding) { embedding.gatheringRows(tokens) }
      if !isLast {
        forward(
          block: 0, from: features.rows, &features, pass, DiffusionTransformerBlock.forward(_:_:_:))
      }
    }
    for block in stride(from: 1, to: configuration.blockCount - 1, by: 1) {
      forward(
        block: block, from: features.rows, &features, pass,
        DiffusionTransformerBlock.forward(_:_:_:))
    }
    return features
  }

  /// Sends `input` through one block, which keeps its activations or computes them again.
  private func forward(
    block: Int, from input: Tensor, _ features: inout Features, _ pass: ForwardPass,
    _ body: @escaping (Tensor, ModuleParameters, DiffusionTransformerBlock.Context) -> Tensor
  ) {
    let context = context(features, block: block)
    func output(_ input: Tensor, _ conditioning: Tensor, _ pass: ForwardPass) -> Tensor {
      var context = context
      context.conditioning = conditioning
      let root = ModuleParameters(store: parameters, pass: pass)
      return body(input, root.at("blocks.\(block)"), context)
    }
    guard pass.checkpointsActivations && pass.recordsGradients else {
      features.rows = output(input, features.conditioning, pass)
      return
    }
    features.rows = Tensor.checkpointed([input, features.conditioning]) { inputs, recording in
      var pass = pass
      pass.recordsGradients = recording
      return output(inputs[0], inputs[1], pass)
    }
  }

  private func context(_ features: Features, block: Int) -> DiffusionTransformerBlock.Context {
    DiffusionTransformerBlock.Context(
      sizes: configuration, rows: features.selection, length: features.length, rotary: rotary,
      conditioning: features.conditioning, block: block)
  }

  public func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    let root = ModuleParameters(store: parameters, pass: pass)
    let selection = RowSelection(
      rows, sequences: features.selection.starts.count - 1, length: features.length)
    let last = context(features, block: configuration.blockCount - 1)
    let x = DiffusionTransformerBlock.forward(
      features.rows, only: selection, root.at("blocks.\(last.block)"), last)
    return parameters.device.during(.head) {
      let output = root.at("output_layer")
      let modulation = output.linear("adaLN_modulation", features.conditioning)
      let width = configuration.hiddenSize
      let normalized = x.normalized(
        weight: output["norm_final.weight"],
        modulation: Modulation(
          shift: ColumnSlice(modulation, chunk: 0, width: width),
          scale: ColumnSlice(modulation, chunk: 1, width: width),
          groups: last.groups(of: selection)))
      return OutputHead(
        input: normalized, weight: output["linear.weight"], bias: output["linear.bias"])
    }
  }
}

/// The different tokens of a batch, and where each stands.
private struct DistinctTokens {
  private(set) var tokens: [Int32] = []
  /// For every place in the batch, the index of its token among ``tokens``.
  let places: [Int32]

  init(_ batch: [Int32], vocabularySize: Int) {
    var indices = [Int32](repeating: -1, count: vocabularySize)
    var tokens: [Int32] = []
    places = batch.map { token in
      if indices[Int(token)] < 0 {
        indices[Int(token)] = Int32(tokens.count)
        tokens.append(token)
      }
      return indices[Int(token)]
    }
    self.tokens = tokens
  }
}
