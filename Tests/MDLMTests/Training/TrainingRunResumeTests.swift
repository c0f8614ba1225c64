import Testing

@testable import MDLM

/// A run that was stopped and resumed is the run that was not.
struct TrainingRunResumeTests {
  private func expectEqualRuns(_ tiny: TinyRun, steps: Int = 40) throws {
    let (files, others) = (try tiny.checkpoints("whole"), try tiny.checkpoints("parts"))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, content) in files { #expect(content == others[name], "\(name)") }
    #expect(try tiny.metrics("whole") == tiny.metrics("parts"))
    let name = "0000000\(steps)".suffix(8)
    #expect(files["\(name)/training/state.json"] != nil)
  }

  @Test(arguments: [["time_conditioning=false"], ["time_conditioning=true", "training.ema=0"]])
  func twoHalvesWriteTheFilesOfTheWhole(overrides: [String]) throws {
    let tiny = try TinyRun()
    var whole = try tiny.start("whole", with: overrides)
    #expect(try whole.proceed())

    var first = try tiny.start("parts", with: overrides)
    #expect(try !first.proceed(until: 20))
    var second = try tiny.start("parts", from: .latestCheckpoint, with: overrides)
    #expect(second.state.step == 20)
    #expect(try second.proceed())

    #expect(try tiny.checkpoints("whole").count == 4 * 7 + 2)
    try expectEqualRuns(tiny)
  }

  @Test func stopsAfterAnyStepsLeaveNoTrace() throws {
    let tiny = try TinyRun()
    // Only the last checkpoint and the best one: the others tell where the run was stopped.
    let overrides = ["checkpointing.keep_last=1"]
    var whole = try tiny.start("whole", with: overrides)
    #expect(try whole.proceed())

    for step in [1, 9, 10, 11, 27, 39, 40] {
      var part = try tiny.start(
        "parts", from: step == 1 ? .fresh : .latestCheckpoint, with: overrides)
      let isFinished = try part.proceed { event in
        if case .step(let report) = event, report.step == step { .stop } else { .proceed }
      }
      #expect(part.state.step == step)
      #expect(isFinished == (step == 40))
    }
    try expectEqualRuns(tiny)
  }

  @Test(arguments: [10, 20, 40])
  func validationThatWasStoppedIsMadeUpFor(step: Int) throws {
    let tiny = try TinyRun()
    var whole = try tiny.start("whole")
    #expect(try whole.proceed())

    var first = try tiny.start("parts")
    var lastStep = 0
    let isFinished = try first.proceed { event in
      if case .step(let report) = event { lastStep = report.step }
      if case .validating(let progress) = event, lastStep == step, progress.rowsDone > 2 {
        return .stop
      }
      return .proceed
    }
    #expect(!isFinished && first.state.step == step)
    var second = try tiny.start("parts", from: .latestCheckpoint)
    #expect(try second.proceed())
    try expectEqualRuns(tiny)
  }
}
