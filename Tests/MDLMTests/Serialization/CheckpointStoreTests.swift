import Foundation
import Testing

@testable import MDLM

struct CheckpointStoreTests {
  private func link(_ path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  @Test func startsEmpty() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      #expect(store.latest == nil)
      #expect(store.best == nil)
      #expect(store.steps.isEmpty)
    }
  }

  @Test func pointsToTheLatestAndTheBest() throws {
    try withScratchDirectory { directory in
      let run = "\(directory)/new/run"
      let store = CheckpointStore(run: run)
      try store.write(SmallNetwork.checkpoint(step: 10), isBest: true, keepLast: 3)
      try store.write(SmallNetwork.checkpoint(step: 20), isBest: false, keepLast: 3)
      #expect(link("\(run)/checkpoints/latest") == "00000020")
      #expect(link("\(run)/checkpoints/best") == "00000010")
      #expect(store.latest == "\(run)/checkpoints/00000020")
      #expect(store.best == "\(run)/checkpoints/00000010")
    }
  }

  @Test func keepsTheNewestAndTheBest() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      for step in [10, 20, 30, 40, 50] {
        try store.write(SmallNetwork.checkpoint(step: step), isBest: step == 20, keepLast: 2)
      }
      #expect(store.steps == [20, 40, 50])
      try store.write(SmallNetwork.checkpoint(step: 60), isBest: true, keepLast: 2)
      #expect(
        try names(in: "\(run)/checkpoints") == ["00000050", "00000060", "best", "latest"])
    }
  }

  @Test func replacesTheCheckpointOfARepeatedStep() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      for value in [1, 2] as [Float] {
        try store.write(
          SmallNetwork.checkpoint(step: 10, value: value), isBest: false, keepLast: 1)
      }
      let tensors = SmallNetwork.tensors(0)
      try ModelDirectory(resolving: run).loadWeights(.raw, into: tensors)
      #expect(values(of: tensors[0])[0] == 2)
      #expect(try names(in: "\(run)/checkpoints") == ["00000010", "latest"])
    }
  }

  @Test func keepsTheLatestOfARepeatedPast() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      for step in [30, 40, 10] {
        try store.write(SmallNetwork.checkpoint(step: step), isBest: false, keepLast: 2)
      }
      #expect(store.latest == store.directory(for: 10))
      #expect(store.steps == [10, 30, 40])
    }
  }

  @Test func ignoresAndRemovesWhatAKilledRunLeft() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      try store.write(SmallNetwork.checkpoint(step: 10), isBest: false, keepLast: 3)
      let partial = "\(run)/checkpoints/.00000020.0a1b2c3d.partial"
      try makeDirectory(partial)
      try write([1], to: "\(partial)/config.json")
      #expect(store.latest == store.directory(for: 10))
      try store.write(SmallNetwork.checkpoint(step: 30), isBest: false, keepLast: 3)
      #expect(try names(in: "\(run)/checkpoints") == ["00000010", "00000030", "latest"])
    }
  }

  @Test func findsTheNewestWithoutALink() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      for step in [10, 20] {
        try store.write(SmallNetwork.checkpoint(step: step), isBest: false, keepLast: 3)
      }
      try FileManager.default.removeItem(atPath: "\(run)/checkpoints/latest")
      #expect(store.latest == store.directory(for: 20))
      try FileManager.default.createSymbolicLink(
        atPath: "\(run)/checkpoints/latest", withDestinationPath: "00000099")
      #expect(store.latest == store.directory(for: 20))
    }
  }

  @Test func countsOnlyStepsAmongTheNames() throws {
    try withScratchDirectory { run in
      for name in ["00000010", "123456789", "10", "000000010", "+0000010", "0000001x", "latest"] {
        try makeDirectory("\(run)/checkpoints/\(name)")
      }
      #expect(CheckpointStore(run: run).steps == [10, 123_456_789])
    }
  }

  @Test func failureLeavesNothingBehind() throws {
    try withScratchDirectory { directory in
      try write([1], to: "\(directory)/file")
      let message = sentence {
        try CheckpointStore(run: "\(directory)/file/run").write(
          SmallNetwork.checkpoint(step: 10), isBest: true, keepLast: 1)
      }
      #expect(message.contains("found the error 'Not a directory'"))
      #expect(try names(in: directory) == ["file"])
    }
  }

  @Test func failureKeepsWhatWasThere() throws {
    try withScratchDirectory { run in
      let store = CheckpointStore(run: run)
      try store.write(SmallNetwork.checkpoint(step: 10), isBest: false, keepLast: 1)
      try write([1], to: "\(run)/checkpoints/00000020")
      #expect {
        try store.write(SmallNetwork.checkpoint(step: 20), isBest: true, keepLast: 1)
      } throws: { error in
        (error as? InputError)?.category == .cannotWrite
      }
      #expect(store.latest == store.directory(for: 10))
      #expect(try names(in: "\(run)/checkpoints") == ["00000010", "00000020", "latest"])
    }
  }
}
