/// What transformers of all kinds have in common: the token embedding and the stack of blocks.
///
/// The last block is run for chosen rows only.
struct TransformerTrunk: Sendable {
  let configuration: NetworkConfiguration
  let parameters: ParameterStore
  let pattern: AttentionPattern
  private let rotary: RotaryTable

  /// Creates a trunk whose weights are all zero.
  ///
  /// - Parameters:
  ///   - configuration: Its sizes.
  ///   - pattern: Which positions see which.
  ///   - device: Where it computes.
  ///   - trainable: Whether room for gradients is kept.
  init(
    _ configuration: NetworkConfiguration, _ pattern: AttentionPattern, on device: Device,
    trainable: Bool
  ) {
    require(
      configuration.hiddenSize % (2 * configuration.headCount) == 0,
      "[TransformerTrunk] hidden size \(configuration.hiddenSize) is not an even number per "
        + "head for \(configuration.headCount) heads")
    self.configuration = configuration
    self.pattern = pattern
    parameters = ParameterStore(configuration.layout, on: device, withGradients: trainable)
    rotary = RotaryTable(length: configuration.length, headSize: configuration.headSize)
  }

  /// Begins a layout with the token embedding.
  static func addEmbedding(to layout: inout ParameterLayout, _ sizes: NetworkConfiguration) {
    layout.addTable(
      "vocab_embed.embedding", [sizes.vocabularySize, sizes.hiddenSize],
      .linear(fanIn: sizes.hiddenSize))
  }

  /// Adds the blocks to a layout.
  static func addBlocks(to layout: inout ParameterLayout, _ sizes: NetworkConfiguration) {
    for block in 0..<sizes.blockCount {
      TransformerBlock.addParameters(to: &layout, block: block, sizes)
    }
  }

  /// Adds the norm and the projection behind the last block to a layout.
  static func addOutput(to layout: inout ParameterLayout, _ sizes: NetworkConfiguration) {
    layout.add("output_layer.norm_final.weight", [sizes.hiddenSize], .ones)
    layout.add("output_layer.linear.weight", [sizes.vocabularySize, sizes.hiddenSize], .zeros)
    layout.add("output_layer.linear.bias", [sizes.vocabularySize], .zeros)
  }

  /// Returns the residual stream of every position before the last block.
  ///
  /// - Parameters:
  ///   - tokens: Whole sequences one after another, `[sequences · length]`.
  ///   - length: Tokens in each sequence.
  ///   - conditioning: `[1 or sequences, conditioningSize]`, or nil.
  ///   - pass: Training or inference.
  /// - Returns: One row for each token.
  func features(
    _ tokens: [Int32], length: Int, conditioning: Tensor?, _ pass: ForwardPass
  ) -> Features {
    require(
      length <= configuration.length && tokens.count % length == 0,
      "[features] \(tokens.count) tokens in sequences of \(length) (the network has "
        + "\(configuration.length) positions)")
    let root = ModuleParameters(store: parameters, pass: pass)
    let sequences = tokens.count / length
    var features = Features(
      rows: Tensor(uninitialized: [0, configuration.hiddenSize], on: parameters.device),
      conditioning: conditioning,
      selection: RowSelection(allOf: sequences, length: length), length: length)
    let embedding = root["vocab_embed.embedding"]
    let isLast = configuration.blockCount == 1
    if !isLast && conditioning?.rows ?? 1 == 1 {
      let distinct = DistinctTokens(tokens, vocabularySize: configuration.vocabularySize)
      let rows = parameters.device.during(.embedding) { embedding.gatheringRows(distinct.tokens) }
      forward(block: 0, from: rows, &features, pass) {
        TransformerBlock.forward(distinct: $0, places: distinct.places, $1, $2)
      }
    } else {
      features.rows = parameters.device.during(.embedding) { embedding.gatheringRows(tokens) }
      if !isLast {
        forward(
          block: 0, from: features.rows, &features, pass, TransformerBlock.forward(_:_:_:))
      }
    }
    for block in stride(from: 1, to: configuration.blockCount - 1, by: 1) {
      forward(
        block: block, from: features.rows, &features, pass, TransformerBlock.forward(_:_:_:))
    }
    return features
  }

  /// Sends `input` through one block, which keeps its activations or computes them again.
  private func forward(
    block: Int, from input: Tensor, _ features: inout Features, _ pass: ForwardPass,
    _ body: @escaping (Tensor, ModuleParameters, TransformerBlock.Context) -> Tensor
  ) {
    let context = context(
      features.selection, length: features.length, features.conditioning, block: block)
    func output(_ input: Tensor, _ conditioning: Tensor?, _ pass: ForwardPass) -> Tensor {
      var context = context
      context.conditioning = conditioning
      let root = ModuleParameters(store: parameters, pass: pass)
      return body(input, root.at("blocks.\(block)"), context)
    }
    guard pass.checkpointsActivations && pass.recordsGradients else {
      features.rows = output(input, features.conditioning, pass)
      return
    }
    let inputs = [input] + (features.conditioning.map { [$0] } ?? [])
    features.rows = Tensor.checkpointed(inputs) { inputs, recording in
      var pass = pass
      pass.recordsGradients = recording
      return output(inputs[0], inputs.count > 1 ? inputs[1] : nil, pass)
    }
  }

  /// Returns the last block's output for some rows, and which rows share conditioning.
  func lastBlock(
    _ features: Features, rows: [Int32], _ pass: ForwardPass
  ) -> (rows: Tensor, groups: RowGroups) {
    let root = ModuleParameters(store: parameters, pass: pass)
    let selection = RowSelection(
      rows, sequences: features.selection.starts.count - 1, length: features.length)
    let last = context(
      features.selection, length: features.length, features.conditioning,
      block: configuration.blockCount - 1)
    let x = TransformerBlock.forward(
      features.rows, only: selection, root.at("blocks.\(last.block)"), last)
    return (x, last.groups(of: selection))
  }

  /// Returns the last block's output for tokens that follow those in `caches`, which then hold them.
  ///
  /// - Parameters:
  ///   - caches: One for each sequence.
  ///   - tokens: As many new tokens for each, `[sequences · new tokens]`.
  /// - Returns: `[sequences · new tokens, hiddenSize]`.
  func extending(_ caches: [KeyValueCache], by tokens: [Int32]) -> Tensor {
    let count = tokens.count / max(1, caches.count)
    require(
      count > 0 && count * caches.count == tokens.count,
      "[extending] \(tokens.count) tokens for \(caches.count) sequences")
    let root = ModuleParameters(store: parameters, pass: .inference)
    let selection = RowSelection(allOf: caches.count, length: count)
    var x = parameters.device.during(.embedding) {
      root["vocab_embed.embedding"].gatheringRows(tokens)
    }
    for block in 0..<configuration.blockCount {
      x = TransformerBlock.forward(
        x, extending: caches, root.at("blocks.\(block)"),
        context(selection, length: count, nil, block: block))
    }
    for cache in caches { cache.advance(by: count) }
    return x
  }

  /// An empty cache for one sequence.
  func cache() -> KeyValueCache {
    KeyValueCache(
      layers: configuration.blockCount, capacity: configuration.length,
      heads: configuration.headCount, headSize: configuration.headSize, on: parameters.device)
  }

  private func context(
    _ rows: RowSelection, length: Int, _ conditioning: Tensor?, block: Int
  ) -> TransformerBlock.Context {
    TransformerBlock.Context(
      sizes: configuration, rows: rows, length: length, rotary: rotary, pattern: pattern,
      conditioning: conditioning, block: block)
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
