#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Turns noise levels into conditioning vectors: a sinusoid, then a small MLP.
///
/// The conditioning is `c = SiLU(W₂ · SiLU(W₁ · e(σ) + b₁) + b₂)` with
/// `e(σ) = [cos(σ f) ‖ sin(σ f)]` and `f_i = 10000^(−i/128)`, i in 0 ..< 128.
enum TimestepEmbedding {
  static let frequencyCount = 128

  static func addParameters(to layout: inout ParameterLayout, conditioningSize: Int) {
    let input = 2 * frequencyCount
    layout.add(
      "sigma_map.mlp.0.weight", [conditioningSize, input], .linear(fanIn: input))
    layout.add("sigma_map.mlp.0.bias", [conditioningSize], .linear(fanIn: input))
    layout.add(
      "sigma_map.mlp.2.weight", [conditioningSize, conditioningSize],
      .linear(fanIn: conditioningSize))
    layout.add("sigma_map.mlp.2.bias", [conditioningSize], .linear(fanIn: conditioningSize))
  }

  /// Returns the conditioning of every noise level σ, `[levels, conditioningSize]`.
  static func conditioning(_ levels: [Float], _ parameters: ModuleParameters) -> Tensor {
    let sinusoids = Tensor(
      levels.flatMap(sinusoid), shape: [levels.count, 2 * frequencyCount],
      on: parameters.store.device)
    let hidden = parameters.linear("mlp.0", sinusoids).silu()
    return parameters.linear("mlp.2", hidden).silu()
  }

  /// e(σ): single-precision angles, as the official code computes them.
  static func sinusoid(_ level: Float) -> [Float] {
    let angles = (0..<frequencyCount).map { index -> Double in
      let exponent = -Float(log(10000.0)) * Float(index) / Float(frequencyCount)
      return Double(level * Float(exp(Double(exponent))))
    }
    return angles.map { Float(cos($0)) } + angles.map { Float(sin($0)) }
  }
}
