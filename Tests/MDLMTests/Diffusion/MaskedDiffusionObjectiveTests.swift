import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct MaskedDiffusionObjectiveTests {
  private let maskID: Int32 = 4
  private let diffusion = DiffusionSettings(maskID: 4)
  private var objective: any Objective { diffusion.objective }

  /// A network as training starts with it, or, `isTrained`, with every parameter at random.
  private func network(vocabulary: Int = 7, length: Int = 6, isTrained: Bool)
    -> DiffusionTransformer
  {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: vocabulary, length: length, hiddenSize: 8, blockCount: 1, headCount: 2,
        conditioningSize: 4), on: Device(threads: 1))
    network.parameters.initialize(seed: 2)
    if isTrained { network.parameters.randomize(seed: 3) }
    return network
  }

  private func batch(masked: Set<Int>, times: [Double], length: Int = 6) -> NoisedSequences {
    let clean = (0..<times.count * length).map { Int32($0 % 4) }
    let noisy = clean.enumerated().map { masked.contains($0) ? maskID : $1 }
    return NoisedSequences(
      clean: clean, noisy: noisy, length: length,
      draws: times.map(diffusion.timeDraw(at:)))
  }

  /// Its logits are all zero, so every token but the mask is equally likely.
  @Test(arguments: [6, 35, 1001]) func untrainedNetworkScoresLogOfTheVocabulary(vocabulary: Int) {
    let batch = batch(masked: [0, 3, 4, 7, 11], times: [1, 1])
    let result = objective.loss(
      of: network(vocabulary: vocabulary, isTrained: false), on: batch, normalizer: 5, .inference)
    let expected = log(Double(vocabulary - 1))
    for token in result.tokenLosses { #expect(relativeDeviation(token.nats, expected) <= 1e-6) }
    #expect(relativeDeviation(Double(result.loss.scalar), expected) <= 1e-6)
  }

  /// With one token beside the mask nothing is left to guess.
  @Test func oneSymbolCostsNothing() {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 2, length: 3, hiddenSize: 4, blockCount: 1, headCount: 1), on: Device())
    let batch = NoisedSequences(
      clean: [0, 0, 0], noisy: [1, 0, 1], length: 3,
      draws: [diffusion.timeDraw(at: 0.7)])
    let result = DiffusionSettings(maskID: 1).objective.loss(
      of: network, on: batch, normalizer: 1, .inference)
    #expect(result.tokenLosses.allSatisfy { abs($0.nats) <= 1e-7 })
  }

  /// The same noise at another time costs the same cross-entropy with another weight.
  @Test(arguments: [0.001, 0.3, 0.77]) func weightIsExactlyOneOverTime(time: Double) {
    let network = network(isTrained: true)
    let masked: Set = [0, 2, 5]
    let plain = objective.loss(
      of: network, on: batch(masked: masked, times: [1]), normalizer: 1, .inference)
    let weighted = objective.loss(
      of: network, on: batch(masked: masked, times: [time]), normalizer: 1, .inference)
    #expect(weighted.tokenLosses.map(\.nats) == plain.tokenLosses.map { $0.nats * (1 / time) })
  }

  @Test func visibleTokensCostExactlyNothing() {
    let masked: Set = [1, 2, 9]
    let result = objective.loss(
      of: network(isTrained: true), on: batch(masked: masked, times: [0.2, 0.5, 0.9]),
      normalizer: 1, .inference)
    #expect(result.tokenLosses.map(\.index) == [1, 2, 9])
    #expect(result.sequenceLosses[2] == 0)
    #expect(result.sequenceLosses[0] == result.tokenLosses[0].nats + result.tokenLosses[1].nats)
    #expect(result.sequenceLosses[1] == result.tokenLosses[2].nats)
  }

  @Test func nothingMaskedCostsExactlyNothing() {
    let result = objective.loss(
      of: network(isTrained: true), on: batch(masked: [], times: [0.2, 0.5]), normalizer: 1,
      .inference)
    #expect(result.tokenLosses.isEmpty)
    #expect(result.sequenceLosses == [0, 0])
    #expect(result.loss.scalar == 0)
  }

  @Test func paddingCostsNothingButIsSeen() {
    let network = network(isTrained: true)
    let batch = batch(masked: [1, 4, 5], times: [0.5])
    let whole = objective.loss(of: network, on: batch, normalizer: 1, .inference)
    let padded = objective.loss(
      of: network, on: batch, unpaddedLengths: [5], normalizer: 1, .inference)
    #expect(padded.tokenLosses.map(\.index) == [1, 4])
    #expect(padded.tokenLosses[0].nats == whole.tokenLosses[0].nats)
    let other = NoisedSequences(
      clean: batch.clean, noisy: batch.noisy.dropLast() + [3], length: 6,
      draws: [diffusion.timeDraw(at: 0.5)])
    let seen = objective.loss(
      of: network, on: other, unpaddedLengths: [5], normalizer: 1, .inference)
    #expect(seen.tokenLosses[0].nats != padded.tokenLosses[0].nats)
  }

  @Test func lossIsTheSumOverTheNormalizer() {
    let result = objective.loss(
      of: network(isTrained: true), on: batch(masked: [0, 1, 8], times: [0.2, 0.5]),
      normalizer: 12, .inference)
    let sum = result.tokenLosses.reduce(0) { $0 + $1.nats }
    #expect(relativeDeviation(Double(result.loss.scalar), sum / 12) <= 1e-6)
  }
}
