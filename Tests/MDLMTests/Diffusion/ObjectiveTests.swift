import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What must hold between objectives, and where their values are known.
struct ObjectiveTests {
  private let maskID: Int32 = 4

  private func settings(
    _ parameterization: Parameterization, steps: Int = 0, excludesMask: Bool = false
  ) -> DiffusionSettings {
    var settings = DiffusionSettings(maskID: maskID, parameterization: parameterization)
    settings.discreteTimeSteps = steps
    settings.excludesMask = excludesMask
    return settings
  }

  private func network(_ backbone: Backbone = .dit) -> any Network {
    let sizes = NetworkConfiguration(
      vocabularySize: 5, length: 6, hiddenSize: 8, blockCount: 2, headCount: 2,
      conditioningSize: 4, dropout: 0, timeConditioning: backbone == .dit, backbone: backbone)
    let network = sizes.network(on: Device(threads: 1), trainable: true)
    network.parameters.randomize(seed: 5)
    return network
  }

  private func batch(
    _ diffusion: DiffusionSettings, masked: Set<Int>, times: [Double]
  ) -> NoisedSequences {
    let clean = (0..<times.count * 6).map { Int32($0 * $0 % 4) }
    let noisy = clean.enumerated().map { masked.contains($0) ? maskID : $1 }
    return NoisedSequences(
      clean: clean, noisy: noisy, length: 6, draws: times.map(diffusion.timeDraw(at:)))
  }

  // MARK: D3PM

  /// Without the mask among the answers D3PM is SUBS in discrete time, plus its reconstruction term,
  /// which is all that a batch without masks costs.
  @Test(arguments: [1, 2, 10, 1000]) func d3pmThatExcludesTheMaskIsSUBS(steps: Int) {
    let (d3pm, subs) = (
      settings(.d3pm, steps: steps, excludesMask: true), settings(.subs, steps: steps)
    )
    let network = network()
    let masked: Set = [0, 2, 5, 7, 8]
    func loss(_ diffusion: DiffusionSettings, _ masked: Set<Int>) -> ObjectiveResult {
      diffusion.objective.loss(
        of: network, on: batch(diffusion, masked: masked, times: [0.3, 0.9]), normalizer: 12,
        .inference)
    }
    let (whole, reconstruction, plain) = (loss(d3pm, masked), loss(d3pm, []), loss(subs, masked))
    for row in 0..<2 {
      #expect(
        relativeDeviation(
          whole.sequenceLosses[row] - reconstruction.sequenceLosses[row],
          plain.sequenceLosses[row]) <= 1e-6)
      #expect(whole.sequences[row].unweighted == plain.sequences[row].unweighted)
      #expect(whole.sequences[row].masked == plain.sequences[row].masked)
    }
    #expect(
      relativeDeviation(
        Double(whole.loss.scalar), Double(reconstruction.loss.scalar + plain.loss.scalar)) <= 1e-6)
    #expect(reconstruction.sequenceLosses.allSatisfy { $0 > 0 })
    #expect(reconstruction.tokenLosses.map(\.index) == Array(0..<12))
  }

  /// The first of T steps, where the official code multiplies 0 with infinity.
  @Test(arguments: [1, 3, 10]) func firstStepIsFinite(steps: Int) {
    let diffusion = settings(.d3pm, steps: steps)
    let network = network()
    let result = diffusion.objective.loss(
      of: network, on: batch(diffusion, masked: [1, 3], times: [1e-4]), normalizer: 6,
      .deterministicTraining)
    result.loss.backward()
    #expect(result.loss.scalar.isFinite && result.loss.scalar > 0)
    #expect(network.parameters.gradientValues.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  /// Padding has neither diffusion nor reconstruction loss.
  @Test func d3pmLeavesPaddingOut() {
    let diffusion = settings(.d3pm, steps: 10)
    let result = diffusion.objective.loss(
      of: network(), on: batch(diffusion, masked: [1, 5], times: [0.5]), unpaddedLengths: [4],
      normalizer: 4, .inference)
    #expect(result.tokenLosses.map(\.index) == [0, 1, 2, 3])
    #expect(result.sequences[0].tokens == 1 && result.sequences[0].masked == 2)
  }

  // MARK: SEDD

  /// Where only one sequence is possible, the true score of its tokens is n e^0/n and of others 0: the
  /// loss is zero, and it is positive for any other score.
  @Test(arguments: [0.01, 0.5, 0.99]) func scoreEntropyIsZeroAtTheTrueScore(time: Double) {
    let diffusion = settings(.sedd)
    let batch = batch(diffusion, masked: [0, 1, 4], times: [time])
    let clean = batch.clean
    func loss(_ error: Float) -> Double {
      let denoiser = FunctionDenoiser(vocabularySize: 5, length: 6) { _, position, _ in
        (0..<5).map { $0 == clean[position] ? Float(log(4.0)) + error : -60 }
      }
      return diffusion.objective.loss(of: denoiser, on: batch, normalizer: 1, .inference)
        .sequenceLosses[0]
    }
    #expect(abs(loss(0)) <= 1e-6 / time)
    #expect(loss(0.1) > 1e-3 && loss(-0.1) > 1e-3)
  }

  /// A network that has learned nothing has e^z/n = 1/n for every token: log n, as for SUBS.
  @Test func untrainedScoresAreThoseOfSUBS() {
    let denoiser = FunctionDenoiser(vocabularySize: 5, length: 6) { _, _, _ in
      [Float](repeating: 0, count: 5)
    }
    let losses = [Parameterization.sedd, .subs].map { parameterization in
      let diffusion = settings(parameterization)
      return diffusion.objective.loss(
        of: denoiser, on: batch(diffusion, masked: [0, 3], times: [0.25]), normalizer: 1,
        .inference
      ).sequenceLosses[0]
    }
    #expect(relativeDeviation(losses[0], losses[1]) <= 1e-6)
    #expect(relativeDeviation(losses[1], 2 * log(4.0) / 0.25) <= 1e-6)
  }

  // MARK: AR

  /// p(x_2 … x_L | x_1) over all continuations is one, and the mask has no part in it.
  @Test func nextTokenProbabilitiesSumToOne() {
    let network = network(.ar)
    let objective = settings(.ar).objective
    let continuations = (0..<256).map { index in
      [1] + (0..<4).map { Int32(index >> (2 * $0) & 3) }
    }
    let batch = NoisedSequences(
      clean: continuations.flatMap { $0 }, noisy: continuations.flatMap { $0 }, length: 5,
      draws: [TimeDraw](repeating: .clean, count: 256))
    let losses = objective.loss(of: network, on: batch, normalizer: 1, .inference)
    #expect(abs(losses.sequenceLosses.reduce(0) { $0 + exp(-$1) } - 1) <= 1e-5)
    #expect(losses.sequences.allSatisfy { $0.tokens == 4 && $0.masked == 0 })
    #expect(objective.scoredTokens(of: 5) == 4 && objective.scoredTokens(of: 0) == 0)
  }

  @Test func nextTokenLeavesPaddingOut() {
    let diffusion = settings(.ar)
    let clean: [Int32] = [0, 1, 2, 3, 0, 1]
    let batch = NoisedSequences(clean: clean, noisy: clean, length: 6, draws: [.clean])
    let whole = diffusion.objective.loss(
      of: network(.ar), on: batch, normalizer: 1, .inference)
    let padded = diffusion.objective.loss(
      of: network(.ar), on: batch, unpaddedLengths: [3], normalizer: 1, .inference)
    #expect(padded.tokenLosses.map(\.index) == [1, 2])
    for (alone, among) in zip(padded.tokenLosses, whole.tokenLosses) {
      #expect(relativeDeviation(alone.nats, among.nats) <= 1e-6)
    }
  }

  /// Gradients of two calls of the network add up: the same with and without the fused output layer.
  @Test(arguments: Parameterization.allCases) func fusedGradientsAreThePlainOnes(
    parameterization: Parameterization
  ) {
    let diffusion = settings(parameterization, steps: parameterization == .d3pm ? 10 : 0)
    let passes = [
      ForwardPass.deterministicTraining,
      .training(seed: 1, step: 0, firstSequence: 0, length: 6),
    ]
    let gradients = passes.map { pass -> [[Float]] in
      let network = network(parameterization.backbone)
      diffusion.objective.loss(
        of: network, on: batch(diffusion, masked: [0, 2, 5, 7], times: [0.3, 0.9]),
        normalizer: 12, pass
      ).loss.backward()
      return network.parameters.gradientValues
    }
    for (plain, fused) in zip(gradients[0], gradients[1]) {
      #expect(relativeDeviation(fused, plain.map(Double.init)) <= 1e-5)
    }
  }
}
