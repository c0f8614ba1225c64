import Testing

@testable import MDLM

/// The same seed makes the same numbers, whatever shares the work.
struct ReproducibilityTests {
  private let source = MarkovSource(symbols: 10, flip: 0.3)

  /// Large enough that every operation has several blocks.
  private func run(threads: Int, microBatches: Int = 1, steps: Int = 3) -> TrainingInMemory {
    let (batch, length) = isOptimizedBuild ? (32, 24) : (8, 10)
    var run = TrainingInMemory(
      NetworkConfiguration(
        vocabularySize: 11, length: length, hiddenSize: 32, blockCount: 2, headCount: 2,
        conditioningSize: 16, dropout: 0.1, timeConditioning: true),
      maskID: 10, seed: 97, on: Device(threads: threads))
    run.network.parameters.randomize(seed: 101, size: 0.2)
    run.microBatches = microBatches
    for step in 0..<steps {
      run.step(
        source.rows(batch, length: length, seed: UInt64(step)), step: step, learningRate: 0.01)
    }
    return run
  }

  private func values(_ run: TrainingInMemory) -> [[Float]] {
    run.network.parameters.parameters.map { Array($0.values) }
  }

  @Test(arguments: [2, 3]) func threadsDoNotChangeABit(threads: Int) throws {
    let (one, several) = (run(threads: 1), run(threads: threads))
    #expect(several.losses == one.losses)
    #expect(several.network.parameters.gradientValues == one.network.parameters.gradientValues)
    #expect(values(several) == values(one))
    let samples = try [one, several].map { run in
      try Sampler(run.settings, SamplerSettings(steps: 8)).sample(from: run.network, count: 6)
    }
    #expect(samples[1] == samples[0])
  }

  @Test func equalRunsAreEqual() { #expect(values(run(threads: 2)) == values(run(threads: 2))) }

  /// Times, masks and dropped activations are those of the whole batch; sums are taken in another
  /// order.
  @Test(arguments: [2, 4]) func microBatchesAgreeToRounding(microBatches: Int) {
    let (whole, split) = (
      run(threads: 2, steps: 1), run(threads: 2, microBatches: microBatches, steps: 1)
    )
    let total = split.losses.reduce(0.0) { $0 + Double($1) }
    #expect(relativeDeviation(total, Double(whole.losses[0])) <= 1e-6)
    for (found, expected) in zip(
      split.network.parameters.gradientValues, whole.network.parameters.gradientValues)
    {
      #expect(relativeDeviation(found, expected.map(Double.init)) <= 1e-5)
    }
  }
}
