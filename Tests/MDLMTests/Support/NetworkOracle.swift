@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The whole network in double precision, operation by operation, as the paper's code defines it.
struct NetworkOracle {
  let sizes: NetworkConfiguration
  let parameters: [String: DoubleTensor]

  init(_ sizes: NetworkConfiguration, names: [String], values: [DoubleTensor]) {
    self.sizes = sizes
    parameters = Dictionary(uniqueKeysWithValues: zip(names, values))
  }

  private subscript(name: String) -> DoubleTensor {
    guard let value = parameters[name] else { fatalError("[NetworkOracle] no '\(name)'") }
    return value
  }

  private func linear(_ name: String, _ input: DoubleTensor) -> DoubleTensor {
    input.linear(self[name + ".weight"], bias: parameters[name + ".bias"])
  }

  /// The scores of every token at every position, `[sequences · length, vocabulary]`.
  func logits(_ tokens: [Int32], length: Int, noiseLevels: [Double]) -> DoubleTensor {
    if sizes.backbone == .ar { return causalLogits(tokens, length: length) }
    let conditioning = conditioning(sizes.timeConditioning ? noiseLevels : [0])
    let group = { (row: Int) in sizes.timeConditioning ? row / length : 0 }
    var x = self["vocab_embed.embedding"].gatheringRows(tokens)
    for index in 0..<sizes.blockCount {
      x = block(index, x, conditioning, length: length, group: group)
    }
    return linear(
      "output_layer.linear", modulated(x, "output_layer", "norm_final", 0, conditioning, group))
  }

  /// The same of the autoregressive network: causal attention, and plain norms and sums.
  private func causalLogits(_ tokens: [Int32], length: Int) -> DoubleTensor {
    var x = self["vocab_embed.embedding"].gatheringRows(tokens)
    for index in 0..<sizes.blockCount {
      let path = "blocks.\(index)"
      func sum(_ other: DoubleTensor) -> DoubleTensor {
        x.combined(with: other, shape: x.shape, +)
      }
      let attention = linear(
        path + ".attn_qkv", x.normalized(weight: self[path + ".norm1.weight"])
      ).selfAttention(length: length, heads: sizes.headCount) { query, key in key <= query }
      x = sum(linear(path + ".attn_out", attention))
      let expanded = linear(
        path + ".mlp.0", x.normalized(weight: self[path + ".norm2.weight"])
      ).gelu()
      x = sum(linear(path + ".mlp.2", expanded))
    }
    return linear(
      "output_layer.linear", x.normalized(weight: self["output_layer.norm_final.weight"]))
  }

  func block(
    _ index: Int, _ x: DoubleTensor, _ conditioning: DoubleTensor, length: Int,
    group: (Int) -> Int
  ) -> DoubleTensor {
    let path = "blocks.\(index)"
    let modulation = linear(path + ".adaLN_modulation", conditioning)
    func gate(_ chunk: Int) -> DoubleTensor {
      modulation.columns(chunk: chunk, width: sizes.hiddenSize)
    }
    let attention = linear(
      path + ".attn_qkv", modulated(x, path, "norm1", 0, conditioning, group)
    ).selfAttention(length: length, heads: sizes.headCount)
    let middle = x.adding(linear(path + ".attn_out", attention), gate: gate(2), group: group)
    let expanded = linear(
      path + ".mlp.0", modulated(middle, path, "norm2", 3, conditioning, group)
    ).gelu()
    return middle.adding(linear(path + ".mlp.2", expanded), gate: gate(5), group: group)
  }

  /// The norm, then the shift in chunk `chunk` of the modulation and the scale in the next.
  private func modulated(
    _ x: DoubleTensor, _ path: String, _ norm: String, _ chunk: Int,
    _ conditioning: DoubleTensor, _ group: (Int) -> Int
  ) -> DoubleTensor {
    let modulation = linear(path + ".adaLN_modulation", conditioning)
    return x.normalized(
      weight: self["\(path).\(norm).weight"],
      shift: modulation.columns(chunk: chunk, width: sizes.hiddenSize),
      scale: modulation.columns(chunk: chunk + 1, width: sizes.hiddenSize), group: group)
  }

  private func conditioning(_ levels: [Double]) -> DoubleTensor {
    let sinusoids = DoubleTensor(shape: [levels.count, 256]) { row, column in
      let angle = levels[row] * exp(-log(10000) * Double(column % 128) / 128)
      return column < 128 ? cos(angle) : sin(angle)
    }
    return linear("sigma_map.mlp.2", linear("sigma_map.mlp.0", sinusoids).silu()).silu()
  }
}

extension ParameterStore {
  /// Fills every parameter, so that none is at a zero that hides what lies behind it.
  func randomize(seed: UInt64, size: Float = 0.5) {
    var random = SplitMix64(seed)
    for parameter in parameters {
      let center: Float = parameter.name.contains("norm") ? 1 : 0
      for index in parameter.values.indices {
        parameter.values[index] = Float.random(in: center - size...center + size, using: &random)
      }
    }
  }

  /// Every parameter for the oracle.
  var doubles: [DoubleTensor] {
    parameters.map { DoubleTensor(shape: $0.shape, values: $0.values.map(Double.init)) }
  }

  /// Every gradient, in the order of the parameters.
  var gradientValues: [[Float]] { parameterGradients.map { Array($0.values) } }
}
