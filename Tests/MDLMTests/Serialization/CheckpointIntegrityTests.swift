import Foundation
import Testing

@testable import MDLM

/// Damage to the files of a checkpoint is found, and a run goes back to the checkpoint before.
struct CheckpointIntegrityTests {
  private static let files = [
    "config.json", "model.safetensors", "tokenizer.json", "training/weights.safetensors",
    "training/first_moment.safetensors", "training/second_moment.safetensors",
    "training/state.json",
  ]

  /// What training reads: how far it had come, and all values.
  private struct Content: Equatable {
    var progress: TrainingProgress
    var values: [[Float]]
  }

  private func content(of run: String) throws -> Content {
    let tensors = SmallNetwork.checkpointTensors(0)
    let store = CheckpointStore(run: run)
    let newest = try #require(try TrainingRun.newestCheckpoint(in: store))
    try Checkpoint.load(
      newest.model, configuration: SmallNetwork.configuration, into: tensors)
    let all = tensors.values + tensors.averages + tensors.firstMoments + tensors.secondMoments
    return Content(progress: newest.progress, values: all.map(values(of:)))
  }

  private func makeRun(_ directory: String) throws {
    let store = CheckpointStore(run: directory)
    for (step, value) in [(10, 0.25), (20, 0.5)] as [(Int, Float)] {
      try store.write(
        SmallNetwork.checkpoint(step: step, value: value), isBest: false, keepLast: 2)
    }
  }

  /// Damages a file of the newest checkpoint, in all the ways that `damages` makes of its bytes, and
  /// expects the one before, or the newest where nothing that matters is damaged.
  private func expectNoOtherState(_ file: String, _ damages: ([UInt8]) -> [[UInt8]]) throws {
    try withScratchDirectory { run in
      try makeRun(run)
      let newest = try content(of: run)
      let path = "\(run)/checkpoints/00000020/\(file)"
      let whole = try bytes(of: path)
      try FileManager.default.moveItem(
        atPath: "\(run)/checkpoints/00000020", toPath: "\(run)/aside")
      let previous = try content(of: run)
      try FileManager.default.moveItem(
        atPath: "\(run)/aside", toPath: "\(run)/checkpoints/00000020")
      #expect(previous.progress.step == 10 && newest.progress.step == 20)
      var (fallbacks, harmless) = (0, 0)
      for damaged in damages(whole) {
        try write(damaged, to: path)
        let found = try content(of: run)
        if found == previous { fallbacks += 1 } else if found == newest { harmless += 1 }
        #expect(found == previous || found == newest)
        // For measuring and sampling, too.
        let model = try ModelDirectory(resolving: run)
        #expect(["00000010", "00000020"].contains(String(model.path.suffix(8))))
      }
      // White space of state.json, at most, may be other without another meaning.
      #expect(fallbacks > 0)
      #expect(harmless == 0 || file == "training/state.json")
    }
  }

  @Test(.releaseOnly, arguments: files) func everyByteWithAnotherBit(file: String) throws {
    try expectNoOtherState(file) { whole in
      whole.indices.map { index in
        var damaged = whole
        damaged[index] ^= 1 << UInt8(index % 8)
        return damaged
      }
    }
  }

  @Test(.releaseOnly, arguments: files) func everyLength(file: String) throws {
    try expectNoOtherState(file) { whole in
      // The last line end of JSON says nothing.
      (0..<whole.count - 1).map { Array(whole[..<$0]) } + [whole + [0], whole + whole]
    }
  }

  @Test(arguments: files) func fileThatIsGone(file: String) throws {
    try withScratchDirectory { run in
      try makeRun(run)
      try FileManager.default.removeItem(atPath: "\(run)/checkpoints/00000020/\(file)")
      #expect(try content(of: run).progress.step == 10)
      let model = try ModelDirectory(resolving: run)
      if !file.hasPrefix("training/") || file.hasSuffix("state.json") {
        #expect(model.path.hasSuffix("00000010"))
        let note = try #require(model.notes.first)
        #expect(note.hasPrefix("the checkpoint \(run)/checkpoints/00000020 cannot be used: "))
        #expect(note.hasSuffix("Going back to \(run)/checkpoints/00000010."))
      }
    }
  }

  @Test func latestThatIsGoneIsTold() throws {
    try withScratchDirectory { run in
      try makeRun(run)
      try FileManager.default.removeItem(atPath: "\(run)/checkpoints/00000020")
      let model = try ModelDirectory(resolving: run)
      #expect(
        model.notes == [
          "the latest checkpoint, \(run)/checkpoints/00000020, is gone. "
            + "Going back to \(run)/checkpoints/00000010."
        ])
    }
  }

  @Test func damagedCheckpointThatIsNamedIsRefused() throws {
    try withScratchDirectory { run in
      try makeRun(run)
      let path = "\(run)/checkpoints/00000020"
      var weights = try bytes(of: path + "/model.safetensors")
      weights[weights.count - 1] ^= 4
      try write(weights, to: path + "/model.safetensors")
      let message = sentence { _ = try ModelDirectory(resolving: path) }
      #expect(message.hasPrefix("\(path)/model.safetensors: found content with the SHA-256"))
    }
  }

  @Test func onlyCheckpointThatIsDamagedIsRefused() throws {
    try withScratchDirectory { run in
      try CheckpointStore(run: run).write(
        SmallNetwork.checkpoint(step: 20), isBest: true, keepLast: 1)
      try write([], to: "\(run)/checkpoints/00000020/training/weights.safetensors")
      #expect(sentence { _ = try content(of: run) }.contains("weights.safetensors: found content"))
    }
  }

  @Test func addedTokenizerIsRefused() throws {
    try withScratchDirectory { directory in
      var checkpoint = SmallNetwork.checkpoint(step: 10)
      checkpoint.tokenizerJSON = nil
      try checkpoint.write(to: "\(directory)/c")
      try write("{}".utf8, to: "\(directory)/c/tokenizer.json")
      let message = sentence { _ = try ModelDirectory(resolving: "\(directory)/c") }
      #expect(message.contains("tokenizer.json: found a file that was added"))
    }
  }

  @Test(arguments: ["../../elsewhere", "/tmp", "00000020/training", "..", "00000099"])
  func linksThatLeadElsewhereAreNotFollowed(target: String) throws {
    try withScratchDirectory { run in
      try makeRun(run)
      let link = "\(run)/checkpoints/latest"
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      #expect(CheckpointStore(run: run).latest == "\(run)/checkpoints/00000020")
    }
  }

  @Test func checkpointsThatAreKeptForGood() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      for step in stride(from: 5, through: 45, by: 5) {
        try store.write(
          SmallNetwork.checkpoint(step: step), isBest: false, keepLast: 1, keepEvery: 20)
      }
      #expect(store.steps == [20, 40, 45])
    }
  }
}
