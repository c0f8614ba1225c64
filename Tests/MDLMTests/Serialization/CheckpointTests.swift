import Foundation
import Testing

@testable import MDLM

struct CheckpointTests {
  private func resume(
    _ path: String, configuration: ModelConfigurationFile = SmallNetwork.configuration,
    into tensors: Checkpoint.Tensors = SmallNetwork.checkpointTensors(0)
  ) throws -> TrainingProgress {
    try Checkpoint.resume(
      from: ModelDirectory(resolving: path), configuration: configuration, into: tensors)
  }

  @Test func resumesWithEveryValue() throws {
    try withScratchDirectory { directory in
      let checkpoint = SmallNetwork.checkpoint(step: 40, value: 0.1)
      try checkpoint.write(to: "\(directory)/c")
      let tensors = SmallNetwork.checkpointTensors(9)
      var progress = try resume("\(directory)/c", into: tensors)
      progress.checksums = nil
      #expect(progress == checkpoint.progress)
      func values(_ tensors: [NamedTensor]) -> [[Float]] { tensors.map(values(of:)) }
      #expect(values(tensors.values) == values(checkpoint.tensors.values))
      #expect(values(tensors.averages) == values(checkpoint.tensors.averages))
      #expect(values(tensors.firstMoments) == values(checkpoint.tensors.firstMoments))
      #expect(values(tensors.secondMoments) == values(checkpoint.tensors.secondMoments))
    }
  }

  @Test func hasTheDocumentedLayout() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      #expect(
        try tree("\(directory)/c").keys.sorted() == [
          "config.json", "model.safetensors", "tokenizer.json",
          "training/first_moment.safetensors", "training/second_moment.safetensors",
          "training/state.json", "training/weights.safetensors",
        ])
    }
  }

  @Test func writesTheKeysOfTheOfficialCode() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let file = try SafetensorsFile(path: "\(directory)/c/model.safetensors")
      #expect(
        file.entries.map(\.name) == [
          "backbone.blocks.0.norm1.weight", "backbone.rotary_emb.inv_freq",
          "backbone.vocab_embed.embedding",
        ])
      #expect(try file.readFloats("backbone.rotary_emb.inv_freq") == [1, 0.01])
      #expect(file.metadata == ["format": "pt"])
    }
  }

  @Test func writesTheDocumentedState() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let text = String(
        decoding: try bytes(of: "\(directory)/c/training/state.json"), as: UTF8.self)
      for line in [
        "  \"best_metric\": 1.25,", "  \"format_version\": 2,", "  \"samples_consumed\": 320,",
        "  \"seed\": 18446744073709551615,", "  \"step\": 40,", "  \"validated_step\": 0,",
      ] {
        #expect(text.contains("\n\(line)\n"), "\(line)")
      }
      // As sha256sum prints it.
      for file in ["config.json", "model.safetensors", "training/weights.safetensors"] {
        let digest = SHA256.digest(of: try bytes(of: "\(directory)/c/\(file)"))
        #expect(text.contains("\"\(file)\": \"\(digest)\""))
      }
    }
  }

  @Test func readsCheckpointsOfVersionOne() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let state = """
        {
          "best_metric": 1.25,
          "format_version": 1,
          "samples_consumed": 320,
          "seed": 18446744073709551615,
          "step": 40,
          "validated_step": 20
        }

        """
      try write(state.utf8, to: "\(directory)/c/training/state.json")
      let progress = try resume("\(directory)/c")
      #expect(progress.step == 40 && progress.bestMetric == 1.25 && progress.seed == .max)
      #expect(progress.validatedStep == 20 && progress.sampledStep == 40)
      #expect(progress.checksums == nil && progress.dataFingerprint == nil)
      // What is written from then on is version 2.
      var checkpoint = SmallNetwork.checkpoint(step: 50)
      checkpoint.progress = progress
      try checkpoint.write(to: "\(directory)/d")
      #expect(try resume("\(directory)/d").checksums?.count == 6)
    }
  }

  @Test func equalCheckpointsHaveEqualBytes() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/a")
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/b")
      #expect(try tree("\(directory)/a") == tree("\(directory)/b"))
    }
  }

  @Test func writesNoTokenizerWhereThereIsNone() throws {
    try withScratchDirectory { directory in
      var checkpoint = SmallNetwork.checkpoint(step: 40)
      checkpoint.tokenizerJSON = nil
      checkpoint.progress.bestMetric = nil
      try checkpoint.write(to: "\(directory)/c")
      #expect(try ModelDirectory(resolving: "\(directory)/c").tokenizerPath == nil)
      #expect(try resume("\(directory)/c").bestMetric == nil)
    }
  }

  @Test func refusesAnotherNetwork() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      var other = SmallNetwork.configuration
      other.network.hiddenSize = 16
      other.network.headCount = 4
      other.network.timeConditioning = true
      let message = sentence { _ = try resume("\(directory)/c", configuration: other) }
      #expect(message.contains("config.json: hidden_dim: found 8, expected 16"))
      #expect(message.contains("config.json: n_heads: found 2, expected 4"))
      #expect(message.contains("config.json: time_conditioning: found false, expected true"))
    }
  }

  /// The same network, trained otherwise.
  private static let otherDiffusions: [(fragment: String, settings: DiffusionSettings)] = {
    func settings(_ change: (inout DiffusionSettings) -> Void) -> DiffusionSettings {
      var settings = SmallNetwork.configuration.diffusion
      change(&settings)
      return settings
    }
    return [
      ("mdlm.T: found 0, expected 10", settings { $0.discreteTimeSteps = 10 }),
      (
        "mdlm.noise: found loglinear noise, expected cosine noise",
        settings { $0.noise.type = .cosine }
      ),
      (
        "mdlm.noise: found loglinear noise, expected linear noise from 0.001 to 3.0",
        settings { $0.noise = NoiseSettings(type: .linear, sigmaMax: 3) }
      ),
      (
        "mdlm.parameterization: found subs, expected d3pm",
        settings { ($0.parameterization, $0.discreteTimeSteps) = (.d3pm, 1000) }
      ),
      ("mdlm.subs_masking: found false, expected true", settings { $0.excludesMask = true }),
    ]
  }()

  @Test(arguments: otherDiffusions)
  func refusesAnotherDiffusion(fragment: String, settings: DiffusionSettings) throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      var other = SmallNetwork.configuration
      other.diffusion = settings
      let message = sentence { _ = try resume("\(directory)/c", configuration: other) }
      #expect(message.contains("config.json: \(fragment)"), "\(message)")
    }
  }

  @Test func refusesAnotherBackbone() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      var other = SmallNetwork.configuration
      other.diffusion.parameterization = .ar
      other.network.backbone = .ar
      let message = sentence { _ = try resume("\(directory)/c", configuration: other) }
      #expect(message.contains("config.json: backbone: found dit, expected ar"))
      #expect(message.contains("config.json: mdlm.parameterization: found subs, expected ar"))
    }
  }

  @Test func allowsTheUsualNumbersOfASchedule() throws {
    try withScratchDirectory { directory in
      var checkpoint = SmallNetwork.checkpoint(step: 40)
      checkpoint.configuration.diffusion.noise = NoiseSettings(type: .geometric)
      try checkpoint.write(to: "\(directory)/c")
      var other = SmallNetwork.configuration
      other.diffusion.noise = NoiseSettings(type: .geometric, sigmaMin: 1e-3, sigmaMax: 1)
      #expect(try resume("\(directory)/c", configuration: other).step == 40)
    }
  }

  @Test func allowsAnotherDropout() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      var other = SmallNetwork.configuration
      other.network.dropout = 0.5
      #expect(try resume("\(directory)/c", configuration: other).step == 40)
    }
  }

  @Test func refusesTensorsOfAnotherNetwork() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let path = "\(directory)/c/training/second_moment.safetensors"
      try SafetensorsWriter.write([makeTensor("blocks.0.norm1.weight", [3], [1, 2, 3])], to: path)
      // Even where the checksums vouch for it.
      let statePath = "\(directory)/c/training/state.json"
      var progress = try TrainingProgress(path: statePath)
      progress.checksums = try ModelDirectory.checksums(in: "\(directory)/c")
      try write(progress.encoded().utf8, to: statePath)
      let message = sentence { _ = try resume("\(directory)/c") }
      #expect(message.hasPrefix("\(path): found tensors 1 missing (vocab_embed.embedding [2, 3])"))
      #expect(message.contains("1 misshapen (blocks.0.norm1.weight [3] instead of [2])"))
    }
  }

  @Test(arguments: [
    ("\"format_version\": 2", "\"format_version\": 3", "format_version: found 3, expected 1 to 2"),
    ("\"format_version\": 2,", "", "format_version: found no such field"),
    ("\"step\": 40", "\"step\": 41", "sha256: found"),
    ("1.25", "1.26", "sha256: found"), ("\"sha256\"", "\"sha257\"", "sha256: found no such field"),
    ("\"samples_consumed\": 320,", "", "sha256: found"),
    ("}", "", "found "),
  ])
  func refusesADamagedState(old: String, new: String, fragment: String) throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let path = "\(directory)/c/training/state.json"
      let text = String(decoding: try bytes(of: path), as: UTF8.self)
      try write(text.replacingOccurrences(of: old, with: new).utf8, to: path)
      let message = sentence { _ = try resume("\(directory)/c") }
      #expect(message.hasPrefix(path) && message.contains(fragment))
    }
  }

  @Test(arguments: [
    ("\"step\": 40", "\"step\": -1", "step: found -1"),
    ("\"step\": 40", "\"step\": 40.5", "step: found 40.5"),
    ("\"seed\": 1844", "\"seed\": 91844", "seed: found 918446744073709551615"),
    ("1.25", "\"best\"", "best_metric: found \"best\", expected a number or null"),
    ("\"samples_consumed\": 320,", "", "samples_consumed: found no such field"),
    ("\"seen_losses\": 0", "\"seen_losses\": \"a\"", "statistics.seen_losses: found \"a\""),
    ("\"share_tokens\": [0, ", "\"share_tokens\": [", "share_tokens: found 10 sums and 9"),
    ("\"skipped_steps\": 0", "\"skipped_steps\": 41", "skipped_steps: found 41"),
  ])
  func refusesAnImpossibleState(old: String, new: String, fragment: String) throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      let path = "\(directory)/c/training/state.json"
      let text = String(decoding: try bytes(of: path), as: UTF8.self)
      // With a seal that fits, as a program with a mistake would write it.
      let altered = text.replacing(old, with: new)
      let value = try JSONValue(parsing: Array(altered.utf8)[...], name: path)
      guard case .object(var members) = value else { return }
      members.removeLast()
      members.append(
        JSONMember(key: "sha256", value: .string(JSONFileFields.seal(of: .object(members)))))
      try write(JSONValue.object(members).document().utf8, to: path)
      let message = sentence { _ = try resume("\(directory)/c") }
      #expect(message.hasPrefix(path) && message.contains(fragment), "\(message)")
    }
  }

  @Test(arguments: [
    "training/state.json", "training/weights.safetensors", "training/first_moment.safetensors",
    "training/second_moment.safetensors", "model.safetensors", "config.json",
  ])
  func namesAMissingFile(file: String) throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      try FileManager.default.removeItem(atPath: "\(directory)/c/\(file)")
      let message = sentence { _ = try resume("\(directory)/c") }
      let subject =
        file == "config.json" ? "\(directory)/c: found" : "\(directory)/c/\(file): found"
      #expect(message.hasPrefix(subject))
    }
  }

  @Test func refusesToResumeFromAModel() throws {
    try withScratchDirectory { directory in
      try SmallNetwork.checkpoint(step: 40).write(to: "\(directory)/c")
      try FileManager.default.removeItem(atPath: "\(directory)/c/training")
      #expect(sentence { _ = try resume("\(directory)/c") }.contains("found weights alone"))
    }
  }
}
