import Testing

@testable import MDLM

struct ParameterStoreTests {
  private func store(seed: UInt64 = 5) -> ParameterStore {
    let sizes = NetworkConfiguration(
      vocabularySize: 50, length: 4, hiddenSize: 20, blockCount: 1, headCount: 2,
      conditioningSize: 7)
    let network = DiffusionTransformer(sizes, on: Device(threads: 1), trainable: true)
    network.parameters.initialize(seed: seed)
    return network.parameters
  }

  /// The order of the official code's `parameters()`, in which its moving averages are listed.
  @Test func namesAreTheOfficialOnesInOrder() {
    let block = [
      "norm1.weight", "attn_qkv.weight", "attn_out.weight", "norm2.weight", "mlp.0.weight",
      "mlp.0.bias", "mlp.2.weight", "mlp.2.bias", "adaLN_modulation.weight",
      "adaLN_modulation.bias",
    ]
    let expected =
      [
        "vocab_embed.embedding", "sigma_map.mlp.0.weight", "sigma_map.mlp.0.bias",
        "sigma_map.mlp.2.weight", "sigma_map.mlp.2.bias",
      ] + block.map { "blocks.0." + $0 } + [
        "output_layer.norm_final.weight", "output_layer.linear.weight", "output_layer.linear.bias",
        "output_layer.adaLN_modulation.weight", "output_layer.adaLN_modulation.bias",
      ]
    #expect(store().parameters.map(\.name) == expected)
  }

  /// PyTorch's default, ± 1/√fanIn: the variance of a uniform number is bound² / 3.
  @Test(arguments: [
    ("vocab_embed.embedding", 20), ("blocks.0.attn_qkv.weight", 20), ("blocks.0.mlp.2.weight", 80),
    ("sigma_map.mlp.0.weight", 256),
  ])
  func linearWeightsAreUniform(name: String, fanIn: Int) throws {
    let parameter = try #require(store().parameters.first { $0.name == name })
    let values = Array(parameter.values)
    let bound = 1 / Double(fanIn).squareRoot()
    #expect(values.allSatisfy { abs(Double($0)) <= bound })
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
    // Four standard errors: of x, bound / √(3n); of x², bound² √(4 / 45n).
    let n = Double(values.count)
    #expect(abs(mean) <= 4 * bound / (3 * n).squareRoot())
    #expect(abs(variance - bound * bound / 3) <= 4 * bound * bound * (4 / (45 * n)).squareRoot())
  }

  @Test func normsStartAtOneAndModulationsAtZero() {
    for parameter in store().parameters {
      if parameter.name.contains("norm") { #expect(parameter.values.allSatisfy { $0 == 1 }) }
      if parameter.name.contains("adaLN") || parameter.name.contains("output_layer.linear") {
        #expect(parameter.values.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func seedsDecideTheInitialValues() {
    func values(_ seed: UInt64) -> [Float] { store(seed: seed).parameters.flatMap(\.values) }
    #expect(values(5) == values(5))
    #expect(values(5) != values(6))
  }

  @Test func parametersStartOnCacheLines() {
    for parameter in store().parameters {
      #expect(UInt(bitPattern: parameter.values.baseAddress) % 64 == 0, "\(parameter.name)")
    }
  }

  @Test func clearedGradientsAreZero() throws {
    let store = store()
    for gradient in store.parameterGradients { gradient.values.update(repeating: 3) }
    store.clearGradients()
    #expect(store.parameterGradients.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
  }

  @Test func copiesHaveTheSameValues() {
    let (source, target) = (store(seed: 1), store(seed: 2))
    target.copyValues(from: source)
    #expect(target.parameters.flatMap(\.values) == source.parameters.flatMap(\.values))
  }
}
