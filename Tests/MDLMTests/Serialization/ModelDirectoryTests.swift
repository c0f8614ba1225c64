import Foundation
import Testing

@testable import MDLM

struct ModelDirectoryTests {
  /// Makes a model directory at `path` whose weights have these names.
  private func makeModel(
    _ path: String, _ tensors: [NamedTensor] = SmallNetwork.tensors(0.5), prefix: String = ""
  ) throws {
    try makeDirectory(path)
    try write(SmallNetwork.configuration.encoded().utf8, to: "\(path)/config.json")
    try SafetensorsWriter.write(tensors, prefix: prefix, to: "\(path)/model.safetensors")
  }

  private func loadedValues(_ path: String) throws -> [[Float]] {
    let tensors = SmallNetwork.tensors(0)
    try ModelDirectory(resolving: path).loadWeights(into: tensors)
    return tensors.map(values(of:))
  }

  @Test(arguments: ["", "backbone.", "_orig_mod.", "backbone._orig_mod.", "_orig_mod.backbone."])
  func readsWeightsUnderEveryPrefix(prefix: String) throws {
    try withScratchDirectory { directory in
      try makeModel(directory, prefix: prefix)
      #expect(try loadedValues(directory) == [[0.5, 1, 2, 3, 4, 5], [6, 0.5]])
    }
  }

  @Test func resolvesCheckpointsAndRuns() throws {
    try withScratchDirectory { run in
      try CheckpointStore(run: run).write(
        SmallNetwork.checkpoint(step: 7), isBest: true, keepLast: 1)
      let expected = "\(run)/checkpoints/00000007"
      #expect(try ModelDirectory(resolving: run).path == expected)
      #expect(try ModelDirectory(resolving: run + "/").path == expected)
      #expect(try ModelDirectory(resolving: expected).path == expected)
      let best = try ModelDirectory(resolving: "\(run)/checkpoints/best")
      #expect(best.configuration == SmallNetwork.configuration)
    }
  }

  @Test func knowsTokenizerAndTrainingState() throws {
    try withScratchDirectory { directory in
      try makeModel("\(directory)/model")
      let model = try ModelDirectory(resolving: "\(directory)/model")
      #expect(model.tokenizerPath == nil)
      #expect(try model.trainingProgress() == nil)
      try SmallNetwork.checkpoint(step: 7).write(to: "\(directory)/checkpoint")
      let checkpoint = try ModelDirectory(resolving: "\(directory)/checkpoint")
      #expect(checkpoint.tokenizerPath == "\(directory)/checkpoint/tokenizer.json")
      #expect(try checkpoint.trainingProgress()?.step == 7)
    }
  }

  @Test func readsAveragedOrRawWeights() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 7, value: 0.5).write(to: "\(directory)/checkpoint")
      let checkpoint = try ModelDirectory(resolving: "\(directory)/checkpoint")
      let tensors = SmallNetwork.tensors(0)
      try checkpoint.loadWeights(.ema, into: tensors)
      #expect(values(of: tensors[0])[0] == 1.5)
      try checkpoint.loadWeights(.raw, into: tensors)
      #expect(values(of: tensors[0])[0] == 0.5)
    }
  }

  @Test func refusesRawWeightsOfAModelWithoutThem() throws {
    try withScratchDirectory { directory in
      try makeModel(directory)
      let model = try ModelDirectory(resolving: directory)
      let message = sentence { try model.loadWeights(.raw, into: SmallNetwork.tensors(0)) }
      #expect(message.contains("found averaged weights alone"))
    }
  }

  @Test func explainsWhatIsNoModel() throws {
    try withScratchDirectory { directory in
      func message(_ path: String) -> String {
        sentence { _ = try ModelDirectory(resolving: "\(directory)/\(path)") }
      }
      #expect(message("none").contains("none: found nothing there"))
      try write([1], to: "\(directory)/file.ckpt")
      #expect(message("file.ckpt").contains("found a file, expected a run directory"))
      #expect(message("file.ckpt/x").contains("found nothing there"))
      #expect(message("").contains("found a directory with neither config.json nor checkpoints/"))
      try makeDirectory("\(directory)/run/checkpoints/.00000010.01234567.partial")
      #expect(message("run").contains("found a run without a complete checkpoint"))
    }
  }

  @Test(arguments: [
    ("model.safetensors.index.json", "found weights in several files"),
    ("pytorch_model.bin", "found only pytorch_model.bin"),
    ("other", "model.safetensors: found no such file"),
  ])
  func explainsMissingWeights(file: String, fragment: String) throws {
    try withScratchDirectory { directory in
      try write(SmallNetwork.configuration.encoded().utf8, to: "\(directory)/config.json")
      try write("{}".utf8, to: "\(directory)/\(file)")
      let message = sentence { _ = try ModelDirectory(resolving: directory) }
      #expect(message.contains(fragment))
    }
  }

  @Test func listsEveryTensorThatDoesNotFit() throws {
    try withScratchDirectory { directory in
      try makeModel(
        directory,
        [
          makeTensor("backbone.vocab_embed.embedding", [3, 2], [1, 2, 3, 4, 5, 6]),
          makeTensor("backbone.extra", [1], [0]),
          makeTensor("noise.sigma", [], [0]),
          makeTensor("backbone.rotary_emb.inv_freq", [3], [1, 1, 1]),
        ])
      let message = sentence { _ = try loadedValues(directory) }
      #expect(message.contains("1 missing (blocks.0.norm1.weight [2])"))
      #expect(message.contains("2 unexpected (backbone.extra [1], noise.sigma [])"))
      #expect(
        message.contains(
          "2 misshapen (rotary_emb.inv_freq [3] instead of [2], "
            + "vocab_embed.embedding [3, 2] instead of [2, 3])"))
    }
  }

  @Test func refusesTwoTensorsForOneParameter() throws {
    try withScratchDirectory { directory in
      let other = makeTensor("backbone.vocab_embed.embedding", [2, 3], [1, 2, 3, 4, 5, 6])
      try makeModel(directory, SmallNetwork.tensors(0) + [other])
      #expect(sentence { _ = try loadedValues(directory) }.contains("one tensor for vocab_embed"))
    }
  }

  @Test(arguments: [([1, 0.01], nil), ([1, 0.010009765625], nil), ([1, 0.001], "at element 1")])
  func checksTheRotaryBase(frequencies: [Float], fragment: String?) throws {
    try withScratchDirectory { directory in
      let rotary = makeTensor("rotary_emb.inv_freq", [2], frequencies)
      try makeModel(directory, SmallNetwork.tensors(0) + [rotary])
      let message = sentence { _ = try loadedValues(directory) }
      #expect(message.contains(fragment ?? "no error"))
    }
  }

  @Test func namesTheTensorWithAValueThatIsNotFinite() throws {
    try withScratchDirectory { directory in
      try makeModel(directory, SmallNetwork.tensors(.nan))
      let message = sentence { _ = try loadedValues(directory) }
      #expect(message.contains("vocab_embed.embedding: found the value nan at element 0"))
    }
  }
}
