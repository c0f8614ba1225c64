/// GPT-2: pre-norm with layer norms, learned positions, GELU in its tanh form, a tied output layer.
struct GPT2Network: AutoregressiveNetwork {
  private struct Affine {
    let weight, bias: Tensor
  }

  private struct Layer {
    let attentionNorm, attention, projection, feedForwardNorm, expansion, contraction: Affine
  }

  let configuration: GPT2Configuration
  private let embedding: Tensor
  private let positions: Tensor
  private let layers: [Layer]
  private let finalNorm: Affine
  private let classifier: Tensor
  private let heads: CausalHeads

  var vocabularySize: Int { configuration.vocabularySize }
  var contextLength: Int { configuration.contextLength }

  /// Reads the weights from a safetensors file.
  ///
  /// - Parameters:
  ///   - path: The file; its names may have the prefix `transformer.`.
  ///   - configuration: The sizes.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` that lists all missing, unexpected and misshapen tensors, or names a
  ///   tensor with a value that is not finite.
  init(
    weights path: String, _ configuration: GPT2Configuration, on device: Device
  ) throws(InputError) {
    let file = try WeightsFile(path: path, prefixes: ["transformer."])
    let (d, vocabulary) = (configuration.width, configuration.vocabularySize)
    let head = "lm_head.weight"
    // Old files hold the causal mask, which is no weight.
    try file.check(configuration.tensors, optional: [head: [vocabulary, d]]) { name in
      name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
    }
    let shapes = Dictionary(uniqueKeysWithValues: configuration.tensors.map { ($0.name, $0.shape) })
    func vector(_ name: String) throws(InputError) -> Tensor {
      let values = try file.floats(name)
      return Tensor(values, shape: [1, values.count], on: device)
    }
    func norm(_ name: String) throws(InputError) -> Affine {
      Affine(weight: try vector("\(name).weight"), bias: try vector("\(name).bias"))
    }
    func linear(_ name: String) throws(InputError) -> Affine {
      let columns = shapes["\(name).weight"]?.last ?? 1
      let weight = Tensor(transposing: try file.floats("\(name).weight"), columns, on: device)
      return Affine(weight: weight, bias: try vector("\(name).bias"))
    }
    embedding = Tensor(try file.floats("wte.weight"), shape: [vocabulary, d], on: device)
    positions = Tensor(
      try file.floats("wpe.weight"), shape: [configuration.contextLength, d], on: device)
    var layers: [Layer] = []
    for index in 0..<configuration.layers {
      let path = "h.\(index)"
      layers.append(
        Layer(
          attentionNorm: try norm("\(path).ln_1"), attention: try linear("\(path).attn.c_attn"),
          projection: try linear("\(path).attn.c_proj"),
          feedForwardNorm: try norm("\(path).ln_2"), expansion: try linear("\(path).mlp.c_fc"),
          contraction: try linear("\(path).mlp.c_proj")))
    }
    self.layers = layers
    finalNorm = try norm("ln_f")
    classifier =
      file.has(head)
      ? Tensor(try file.floats(head), shape: [vocabulary, d], on: device) : embedding
    heads = CausalHeads(
      heads: configuration.heads, keyHeads: configuration.heads,
      headSize: d / configuration.heads, rotary: nil)
    self.configuration = configuration
  }

  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float] {
    func normalized(_ x: Tensor, _ norm: Affine) -> Tensor {
      x.layerNormalized(weight: norm.weight, bias: norm.bias, epsilon: configuration.epsilon)
    }
    let indices = tokens.indices.map { Int32($0 % length) }
    var x = embedding.gatheringRows(tokens).adding(positions.gatheringRows(indices))
    for layer in layers {
      let all = normalized(x, layer.attentionNorm)
        .linear(layer.attention.weight, bias: layer.attention.bias)
      func part(_ index: Int) -> ColumnSlice {
        ColumnSlice(all, chunk: index, width: configuration.width)
      }
      let gathered = heads.attend(part(0), part(1), part(2), length: length)
      x = x.adding(gathered.linear(layer.projection.weight, bias: layer.projection.bias))
      let middle = normalized(x, layer.feedForwardNorm).linear(
        layer.expansion.weight, bias: layer.expansion.bias, activation: .gelu)
      x = x.adding(middle.linear(layer.contraction.weight, bias: layer.contraction.bias))
    }
    return normalized(x.gatheringRows(places.map { $0 - 1 }), finalNorm)
      .negativeLogLikelihoods(of: places.map { tokens[Int($0)] }, classifier: classifier)
  }
}

extension Tensor {
  /// The transpose, `[columns, rows]`, of a matrix whose values come row by row.
  fileprivate init(transposing values: [Float], _ columns: Int, on device: Device) {
    let rows = values.count / columns
    self.init(uninitialized: [columns, rows], on: device)
    let target = pointer
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = values[row * columns + column] }
    }
  }
}
