import Foundation
import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
    var parameterization = Parameterization.subs
    var discreteTimeSteps = 0
    var excludesMask = false
    var timeTransform = TimeTransform.none
    var testDescription: String { name }

    var diffusion: DiffusionSettings {
      var settings = DiffusionSettings(
        maskID: maskID, parameterization: parameterization, isAntithetic: isAntithetic)
      settings.discreteTimeSteps = discreteTimeSteps
      settings.excludesMask = excludesMask
      settings.timeTransform = timeTransform
      return settings
    }
  }

  static let cases = [
    Case(name: "subs_tcT", weights: "weights", timeConditioning: true),
    Case(name: "subs_tcT_hot", weights: "weights_hot", timeConditioning: true),
    Case(name: "subs_tcF_pad", weights: "weights_hot"),
    Case(name: "subs_tcF_noanti", weights: "weights_hot", isAntithetic: false),
    Case(name: "subs_maskmid", weights: "weights_hot", maskID: 5),
    Case(
      name: "subs_tcT_cov", weights: "weights_hot", timeConditioning: true,
      timeTransform: .changeOfVariables),
    Case(name: "subs_tcF_cov", weights: "weights_hot", timeTransform: .changeOfVariables),
    Case(
      name: "subs_tcT_is", weights: "weights_hot", timeConditioning: true,
      timeTransform: .importance),
    Case(name: "subs_tcF_is", weights: "weights_hot", timeTransform: .importance),
    Case(
      name: "subs_tcT_T1000", weights: "weights_hot", timeConditioning: true,
      discreteTimeSteps: 1000),
    Case(name: "subs_tcF_T1000", weights: "weights_hot", discreteTimeSteps: 1000),
    Case(
      name: "d3pm_tcT_T1000", weights: "weights", timeConditioning: true,
      parameterization: .d3pm, discreteTimeSteps: 1000),
    Case(
      name: "d3pm_tcT_T1000_subsmask", weights: "weights", timeConditioning: true,
      parameterization: .d3pm, discreteTimeSteps: 1000, excludesMask: true),
    Case(name: "sedd_tcT", weights: "weights", timeConditioning: true, parameterization: .sedd),
    Case(
      name: "sedd_maskmid", weights: "weights", timeConditioning: true, maskID: 5,
      parameterization: .sedd),
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
    let diffusion = test.diffusion
    let mask = try golden.floats("attention_mask")
    let noised = try Self.noised(
      diffusion, clean: try golden.integers("x0"), inputs: "inputs", prefix: "")
    #expect(noised.noisy == (try golden.integers("xt")))

    var deviations = Deviations()
    // The importance transform takes the exponential of a number as large as 6.9, which single
    // precision rounds by 2.4e-7, and then a difference to 1.
    deviations.compare(
      "t", noised.draws.map { Float($0.time) },
      try golden.floats(test.discreteTimeSteps > 0 ? "t_discrete" : "t"),
      torchError: test.timeTransform == .importance ? 3e-7 : 0)
    deviations.compare(
      "logits", allLogits(network, noised.noisy, noised.noiseLevels), try golden.floats("logits"),
      torchError: errors.logits.relToMax)
    if golden.file["recon_logits"] != nil {
      deviations.compare(
        "logits of reconstruction", allLogits(network, noised.clean, [0, 0, 0, 0]),
        try golden.floats("recon_logits"), torchError: errors.logits.relToMax)
    }

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
      "loss", Double(result.loss.scalar), try #require(golden.facts.loss),
      tolerance: max(5 * errors.lossRel, 1e-6))

    result.loss.backward()
    try compareGradients(network, golden, errors.worstGrad.relToTensorMax, &deviations)
    print("\(test.name)\n  " + deviations.lines.joined(separator: "\n  "))
    #expect(deviations.failures == [])
  }

  /// The autoregressive network of the official code, whose outputs are log-probabilities.
  @Test(.enabled(if: Golden.hasFullSet, Golden.absence)) func autoregressive() throws {
    let golden = try Golden("ar")
    let errors = try #require(golden.facts.fp32VsF64)
    let network = try Self.autoregressiveNetwork()
    let diffusion = DiffusionSettings(maskID: 63, parameterization: .ar)
    let clean = try golden.integers("x0")
    let batch = NoisedSequences(
      clean: clean, noisy: clean, length: 32,
      draws: [TimeDraw](repeating: .clean, count: 4))

    var deviations = Deviations()
    let features = network.features(
      clean, length: 32, noiseLevels: batch.noiseLevels, .inference)
    let rows = clean.indices.filter { $0 % 32 < 31 }.map(Int32.init)
    let logits = network.head(features, rows: rows, .inference).logits().values
    // The mask's official logit is −1000, far below all others.
    let probabilities = rows.indices.flatMap { row -> [Float] in
      let row = logits[row * 64..<(row + 1) * 64].map(Double.init)
      let largest = row.dropLast().reduce(-.infinity, max)
      let logSum = largest + log(row.dropLast().reduce(0) { $0 + exp($1 - largest) })
      return row.dropLast().map { Float($0 - logSum) } + [Float(-1000 - logSum)]
    }
    deviations.compare(
      "log p", probabilities, try golden.floats("logits"), torchError: errors.logits.relToMax)

    let mask = try golden.floats("attention_mask")
    let lengths = (0..<4).map { Int(mask[$0 * 32..<($0 + 1) * 32].reduce(0, +)) }
    let objective = diffusion.objective
    let result = objective.loss(
      of: network, on: batch, unpaddedLengths: lengths,
      normalizer: Double(lengths.reduce(0) { $0 + objective.scoredTokens(of: $1) }),
      .deterministicTraining)
    var tokenLosses = [Float](repeating: 0, count: 4 * 31)
    for (index, nats) in result.tokenLosses {
      tokenLosses[index / 32 * 31 + index % 32 - 1] = Float(nats)
    }
    deviations.compare(
      "loss per token", tokenLosses, try golden.floats("nlls_per_token"),
      torchError: errors.nlls.relToMax)
    deviations.compare(
      "loss", Double(result.loss.scalar), try #require(golden.facts.loss), tolerance: 1e-6)
    result.loss.backward()
    try compareGradients(network, golden, errors.worstGrad.relToTensorMax, &deviations)
    print("ar\n  " + deviations.lines.joined(separator: "\n  "))
    #expect(deviations.failures == [])
  }

  private func compareGradients(
    _ network: any Network, _ golden: Golden, _ torchError: Double,
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
    _ network: DiffusionTransformer, _ tokens: [Int32], _ noiseLevels: [Float]
  ) -> [Float] {
    let features = network.features(tokens, length: 32, noiseLevels: noiseLevels, .inference)
    let rows = tokens.indices.map(Int32.init)
    return network.head(features, rows: rows, .inference).logits().values
  }

  /// A network of the goldens' size with their weights.
  static func network(
    _ weights: String, timeConditioning: Bool, threads: Int = 2
  ) throws -> DiffusionTransformer {
    var sizes = sizes
    sizes.timeConditioning = timeConditioning
    let network = DiffusionTransformer(sizes, on: Device(threads: threads), trainable: true)
    try read(weights, into: network)
    return network
  }

  /// The autoregressive network of the goldens.
  static func autoregressiveNetwork() throws -> AutoregressiveTransformer {
    var sizes = sizes
    sizes.backbone = .ar
    let network = AutoregressiveTransformer(sizes, on: Device(threads: 2), trainable: true)
    try read("weights_ar", into: network)
    return network
  }

  private static func read(_ weights: String, into network: any Network) throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("\(weights).safetensors")))
    for parameter in network.parameters.parameters {
      try file.read("backbone.\(parameter.name)", into: parameter.values)
    }
  }

  /// The goldens' sequences at the times and with the masks of their uniform numbers.
  static func noised(
    _ diffusion: DiffusionSettings, clean: [Int32], inputs: String, prefix: String
  ) throws -> NoisedSequences {
    let file = try SafetensorsFile(path: try #require(Golden.path("\(inputs).safetensors")))
    let uniforms = try file.readFloats(prefix + "u_t")
    let mask = try file.readFloats(prefix + "u_mask")
    let draws = uniforms.enumerated().map { index, uniform in
      guard diffusion.timeTransform == .none else {
        return diffusion.timeDraw(
          uniform: Double(uniform), index: index, count: uniforms.count)
      }
      let time = diffusion.timeSampler.time(
        uniform: Double(uniform), index: index, count: uniforms.count)
      // The official code holds times in single precision.
      return diffusion.timeDraw(at: Double(Float(time)))
    }
    return diffusion.forwardProcess.noised(clean, length: 32, draws: draws) {
      Double(mask[$0 * 32 + $1])
    }
  }
}
