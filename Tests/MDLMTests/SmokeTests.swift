import Testing

@testable import MDLM

/// The whole path at the smallest size: quick even in a debug build, where `scripts/test` runs it.
@Suite struct SmokeTests {
  static let sizes = NetworkConfiguration(
    vocabularySize: 5, length: 6, hiddenSize: 8, blockCount: 1, headCount: 2, conditioningSize: 4,
    dropout: 0.1)

  @Test func trainsMeasuresAndSamples() throws {
    let diffusion = DiffusionSettings(maskID: 4)
    var state = TrainingState(
      Self.sizes, diffusion: diffusion, optimizer: AdamW.Settings(),
      averaging: ExponentialMovingAverage(decay: 0.9), seed: 1, on: Device(threads: 2))
    let rows = TokenRows(length: 6, tokens: (0..<24).map { Int32($0 % 4) })
    for _ in 0..<3 {
      let report = try state.train(
        on: TrainingState.Batch(rows, indices: [0, 1, 2, 3]), learningRate: 1e-2, seed: 1)
      #expect(report.loss > 0)
    }
    let estimate = try #require(
      try PerplexityEvaluator(diffusion).evaluate(state.average, on: rows))
    #expect(estimate.nll > 0 && estimate.tokens == 24)
    let samples = try Sampler(diffusion, SamplerSettings(steps: 4))
      .sample(from: state.average, count: 2)
    #expect(samples.count == 2)
    for sample in samples { #expect(sample.tokens.allSatisfy { (0..<4).contains($0) }) }
  }

  @Test func agreesWithTheOfficialCode() throws {
    try OfficialParityTests().shippedCase()
  }
}
