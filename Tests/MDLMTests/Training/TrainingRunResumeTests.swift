import Foundation
import Testing

@testable import MDLM

/// A run that was stopped and resumed is the run that was not.
struct TrainingRunResumeTests {
  private func expectEqualRuns(_ tiny: TinyRun, steps: Int = 40) throws {
    let (files, others) = (try tiny.checkpoints("whole"), try tiny.checkpoints("parts"))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, content) in files { #expect(content == others[name], "\(name)") }
    #expect(try tiny.metrics("whole") == tiny.metrics("parts"))
    #expect(try tiny.samples("whole") == tiny.samples("parts"))
    let name = "0000000\(steps)".suffix(8)
    #expect(files["\(name)/training/state.json"] != nil)
  }

  @Test(arguments: [["time_conditioning=false"], ["time_conditioning=true", "training.ema=0"]])
  func twoHalvesWriteTheFilesOfTheWhole(overrides: [String]) throws {
    let tiny = try TinyRun()
    #expect(try tiny.train("whole", with: overrides) == .finished)

    #expect(try tiny.train("parts", until: 20, with: overrides) == .stopped)
    // Threads may change on the way.
    #expect(try tiny.train("parts", threads: 2, with: overrides) == .finished)

    #expect(try tiny.checkpoints("whole").count == 4 * 7 + 2)
    try expectEqualRuns(tiny)
  }

  @Test func stopsAfterAnyStepsLeaveNoTrace() throws {
    let tiny = try TinyRun()
    // Only the last checkpoint and the best one: the others tell where the run was stopped.
    let overrides = ["checkpointing.keep_last=1"]
    try tiny.train("whole", with: overrides)

    for step in [1, 9, 10, 11, 27, 39, 40] {
      let ending = try tiny.train("parts", with: overrides) { event in
        if case .step(let report) = event, report.step == step { .stop } else { .proceed }
      }
      #expect(ending == (step == 40 ? .finished : .stopped))
    }
    try expectEqualRuns(tiny)
  }

  @Test(arguments: [10, 20, 40])
  func validationThatWasStoppedIsMadeUpFor(step: Int) throws {
    let tiny = try TinyRun()
    try tiny.train("whole")

    var lastStep = 0
    let ending = try tiny.train("parts") { event in
      if case .step(let report) = event { lastStep = report.step }
      if case .validating(let progress) = event, lastStep == step, progress.rowsDone > 2 {
        return .stop
      }
      return .proceed
    }
    #expect(ending == .stopped && lastStep == step)
    #expect(try tiny.train("parts") == .finished)
    try expectEqualRuns(tiny)
  }

  @Test(arguments: [10, 40])
  func samplesThatWereStoppedAreMadeUpFor(step: Int) throws {
    let tiny = try TinyRun()
    try tiny.train("whole")

    let ending = try tiny.train("parts") { event in
      if case .sampling(let at) = event, at == step { .stop } else { .proceed }
    }
    #expect(ending == .stopped)
    #expect(try tiny.train("parts") == .finished)
    try expectEqualRuns(tiny)
  }

  @Test func moreStepsGoOnAsIfTheyHadBeenPlanned() throws {
    let tiny = try TinyRun()
    try tiny.train("whole", with: ["checkpointing.keep_last=1"])
    // The last step is validated in any case; 20 is due for that in both.
    let short = ["trainer.max_steps=20", "checkpointing.keep_last=1"]
    #expect(try tiny.train("parts", with: short) == .finished)
    #expect(try tiny.train("parts", with: ["checkpointing.keep_last=1"]) == .finished)
    try expectEqualRuns(tiny)
  }

  /// What a process that was killed between two system calls leaves behind.
  @Test func linksAndOldCheckpointsArePutRight() throws {
    let tiny = try TinyRun()
    try tiny.train("whole", with: ["checkpointing.keep_last=1"])
    try tiny.train("parts", until: 30, with: ["checkpointing.keep_last=4"])
    let folder = tiny.path("parts") + "/checkpoints"
    try FileManager.default.removeItem(atPath: folder + "/best")
    try FileManager.default.removeItem(atPath: folder + "/latest")
    try makeDirectory(folder + "/.00000040.0a1b2c3d.partial")
    try write("half".utf8, to: tiny.path("parts") + "/.config.json5.0a1b2c3d.partial")
    try appendBytes("{\"kind\": \"train\", \"st".utf8, to: tiny.path("parts") + "/metrics.jsonl")
    try appendBytes("{\"step\"".utf8, to: tiny.path("parts") + "/samples.jsonl")

    #expect(try tiny.train("parts", with: ["checkpointing.keep_last=1"]) == .finished)
    try expectEqualRuns(tiny)
    #expect(try names(in: tiny.path("parts")) == names(in: tiny.path("whole")))
  }

  @Test func statisticsBetweenLinesGoOn() throws {
    let tiny = try TinyRun()
    let overrides = ["trainer.log_every_n_steps=7", "checkpointing.keep_last=1"]
    try tiny.train("whole", with: overrides)
    for step in [3, 13, 29, 40] { try tiny.train("parts", until: step, with: overrides) }
    try expectEqualRuns(tiny)
  }
}
