import Testing

@testable import MDLM

struct TrainingMemoryTests {
  private func shortage(_ overrides: [String], gigabytes: UInt64) throws -> InputError? {
    let configuration = try TinyRun().configuration(
      ["model.hidden_size=768", "model.n_blocks=12", "model.n_heads=12", "model.length=1024"]
        + overrides)
    return configuration.memoryShortage(
      for: configuration.transformer(vocabularySize: 50_258), memory: gigabytes << 30)
  }

  @Test func smallMicroBatchesFit() throws {
    #expect(
      try shortage(
        ["loader.global_batch_size=512", "trainer.accumulate_grad_batches=64"], gigabytes: 16)
        == nil)
  }

  @Test func largeMicroBatchesDoNot() throws {
    let error = try #require(
      try shortage(
        ["loader.global_batch_size=512", "trainer.accumulate_grad_batches=4"], gigabytes: 16))
    #expect(error.category == .badConfiguration)
    #expect(error.found.contains("micro-batches of 128 rows"))
    #expect(error.remedy.contains("accumulate_grad_batches"))
  }

  @Test func largeNetworksDoNot() throws {
    let error = try #require(try shortage(["model.n_blocks=1000"], gigabytes: 64))
    #expect(error.remedy.contains("model.hidden_size"))
  }

  /// Peaks that `mdlm bench` measured on Linux, in megabytes; the forecast promises 15 %.
  @Test(arguments: [
    (28, 256, 256, 6, 8, 16, 476.0), (30_523, 128, 256, 8, 8, 32, 960),
    (30_523, 128, 768, 12, 12, 8, 3310), (50_258, 1024, 768, 12, 12, 1, 4015),
  ])
  func forecastAgreesWithMeasuredPeaks(
    vocabulary: Int, length: Int, hidden: Int, blocks: Int, heads: Int, rows: Int, peak: Double
  ) {
    let sizes = NetworkConfiguration(
      vocabularySize: vocabulary, length: length, hiddenSize: hidden, blockCount: blocks,
      headCount: heads, dropout: 0)
    let forecast = TrainingMemory(
      sizes, rows: rows, keepsAverage: true, checkpointsActivations: false)
    #expect(abs(Double(forecast.total) / 1e6 / peak - 1) < 0.15)
  }

  /// The same for the smallest of these networks as a baseline: D3PM keeps two calls' activations.
  @Test(arguments: [(Parameterization.d3pm, 838.0), (.sedd, 528), (.ar, 462)])
  func forecastKnowsTheBaselines(parameterization: Parameterization, peak: Double) {
    let sizes = NetworkConfiguration(
      vocabularySize: 28, length: 256, hiddenSize: 256, blockCount: 6, headCount: 8, dropout: 0,
      timeConditioning: parameterization.traits.usuallySeesTime,
      backbone: parameterization.backbone)
    let forecast = TrainingMemory(
      sizes, parameterization, rows: 16, keepsAverage: true, checkpointsActivations: false)
    #expect(abs(Double(forecast.total) / 1e6 / peak - 1) < 0.15)
  }

  @Test func checkpointingKeepsTheInputsOfBlocksOnly() throws {
    let sizes = NetworkConfiguration(
      vocabularySize: 28, length: 1024, hiddenSize: 256, blockCount: 12, headCount: 8, dropout: 0)
    let forecasts = [false, true].map {
      TrainingMemory(sizes, rows: 4, keepsAverage: true, checkpointsActivations: $0)
    }
    #expect(forecasts[1].activations * 5 < forecasts[0].activations)
    #expect(forecasts[1].total < forecasts[0].total)
    #expect(forecasts[1].parameters == forecasts[0].parameters)
  }
}
