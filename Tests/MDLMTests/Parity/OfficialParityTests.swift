import Foundation
import Testing

@testable import MDLM

/// Agreement with the official code, number by number.
@Suite struct OfficialParityTests {
  static let sizes = NetworkConfiguration(
    vocabularySize: 64, length: 32, hiddenSize: 64, blockCount: 3, headCount: 4,
    conditioningSize: 32, dropout: 0)

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let weights: String
    var timeConditioning = false
    var isAntithetic = true
    var maskID: Int32 = 63
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "subs_tcT", weights: "weights", timeConditioning: true),
    Case(name: "subs_tcT_hot", weights: "weights_hot", timeConditioning: true),
    Case(name: "subs_tcF_pad", weights: "weights_hot"),
    Case(name: "subs_tcF_noanti", weights: "weights_hot", isAntithetic: false),
    Case(name: "subs_maskmid", weights: "weights_hot", maskID: 5),
  ]

  @Test func shippedCase() throws {
    try check(Case(name: "subs_tcF", weights: "weights"))
  }

  @Test(.enabled(if: Golden.hasFullSet, Golden.absence), arguments: cases)
  func fullCase(_ golden: Case) throws { try check(golden) }

  private func check(_ test: Case) throws {
    let golden = try Golden(test.name)
    let errors = try #require(golden.facts.fp32VsF64)
    let network = try Self.network(test.weights, timeConditioning: test.timeConditioning)
    let diffusion = DiffusionSettings(maskID: test.maskID, isAntithetic: test.isAntithetic)
    let mask = try golden.floats("attention_mask")
    let noised = try Self.noised(
      diffusion, clean: try golden.integers("x0"), inputs: "inputs", prefix: "")
    #expect(noised.noisy == (try golden.integers("xt")))

    var deviations = Deviations()
    deviations.compare("t", noised.times.map(Float.init), try golden.floats("t"), torchError: 0)
    deviations.compare(
      "logits", allLogits(network, noised, diffusion), try golden.floats("logits"),
      torchError: errors.logits.relToMax)

    let lengths = (0..<4).map { Int(mask[$0 * 32..<($0 + 1) * 32].reduce(0, +)) }
    let result = diffusion.objective.loss(
      of: network, on: noised, unpaddedLengths: lengths, normalizer: Double(mask.reduce(0, +)),
      .deterministicTraining)
    var tokenLosses = [Float](repeating: 0, count: noised.clean.count)
    for (index, nats) in result.tokenLosses { tokenLosses[index] = Float(nats) }
    deviations.compare(
      "loss per token", tokenLosses, try golden.floats("nlls_per_token"),
      torchError: errors.nlls.relToMax)
    deviations.compare(
      "loss", Double(result.loss.scalar), try #require(golden.facts.loss), tolerance: 1e-6)

    result.loss.backward()
    try compareGradients(network, golden, errors.worstGrad.relToTensorMax, &deviations)
    print("\(test.name)\n  " + deviations.lines.joined(separator: "\n  "))
    #expect(deviations.failures == [])
  }

  private func compareGradients(
    _ network: DiffusionTransformer, _ golden: Golden, _ torchError: Double,
    _ deviations: inout Deviations
  ) throws {
    for gradient in network.parameters.parameterGradients {
      let name = "grad.backbone.\(gradient.name)"
      if golden.file[name] != nil {
        deviations.compare(
          name, Array(gradient.values), try golden.floats(name), torchError: torchError)
      } else if let norm = golden.facts.gradNorms?["backbone.\(gradient.name)"] {
        let own = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        deviations.compare(
          "|\(name)|", own, norm, tolerance: max(5 * torchError, 1e-6))
      } else {
        Issue.record("no golden gradient for \(gradient.name)")
      }
    }
  }

  private func allLogits(
    _ network: DiffusionTransformer, _ noised: NoisedSequences, _ diffusion: DiffusionSettings
  ) -> [Float] {
    let features = network.features(
      noised.noisy, length: noised.length,
      noiseLevels: noised.times.map { Float(diffusion.schedule.totalNoise(at: $0)) }, .inference)
    let rows = noised.noisy.indices.map(Int32.init)
    return network.head(features, rows: rows, .inference).logits().values
  }

  /// A network of the goldens' size with their weights.
  static func network(
    _ weights: String, timeConditioning: Bool, threads: Int = 2
  ) throws -> DiffusionTransformer {
    var sizes = sizes
    sizes.timeConditioning = timeConditioning
    let network = DiffusionTransformer(sizes, on: Device(threads: threads), trainable: true)
    let file = try SafetensorsFile(path: try #require(Golden.path("\(weights).safetensors")))
    for parameter in network.parameters.parameters {
      try file.read("backbone.\(parameter.name)", into: parameter.values)
    }
    return network
  }

  /// The goldens' sequences at the times and with the masks of their uniform numbers.
  static func noised(
    _ diffusion: DiffusionSettings, clean: [Int32], inputs: String, prefix: String
  ) throws -> NoisedSequences {
    let file = try SafetensorsFile(path: try #require(Golden.path("\(inputs).safetensors")))
    let uniforms = try file.readFloats(prefix + "u_t")
    let mask = try file.readFloats(prefix + "u_mask")
    let times = uniforms.enumerated().map { index, uniform in
      diffusion.timeSampler.time(uniform: Double(uniform), index: index, count: uniforms.count)
    }
    // The official code holds times in single precision.
    return diffusion.forwardProcess.noised(
      clean, length: 32, times: times.map { Double(Float($0)) }
    ) { Double(mask[$0 * 32 + $1]) }
  }
}
