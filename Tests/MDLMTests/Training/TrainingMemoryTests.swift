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
}
