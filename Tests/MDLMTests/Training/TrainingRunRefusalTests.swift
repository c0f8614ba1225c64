import Foundation
import Testing

@testable import MDLM

/// Runs that cannot begin, cannot be resumed or cannot go on.
struct TrainingRunRefusalTests {
  private func expectRefusal(
    _ category: InputError.Category, _ fragments: String..., of body: () throws -> Void,
    location: SourceLocation = #_sourceLocation
  ) {
    do {
      try body()
      Issue.record("no error", sourceLocation: location)
    } catch {
      let errors = (error as? InputErrors)?.errors ?? [error as? InputError].compactMap { $0 }
      #expect(errors.first?.category == category, sourceLocation: location)
      for fragment in fragments {
        #expect("\(error)".contains(fragment), "\(error)", sourceLocation: location)
      }
    }
  }

  @Test func givenWeightsBeginBothNetworks() throws {
    let tiny = try TinyRun()
    var first = try tiny.start("first")
    _ = try first.proceed(until: 7)
    let second = try tiny.start("second", from: .weights(tiny.path("first")), with: ["seed=9"])
    #expect(allValues(of: second.state.network) == allValues(of: first.state.average))
    #expect(allValues(of: second.state.average) == allValues(of: first.state.average))
    #expect(second.state.step == 0)
    #expect(
      second.state.optimizer.firstMoments.allSatisfy { values(of: $0).allSatisfy { $0 == 0 } })
  }

  @Test(arguments: [
    ("model.hidden_size=32", "hidden_dim: found 16, expected 32"), ("model.n_blocks=1", "n_blocks"),
    ("model.n_heads=4", "n_heads"), ("time_conditioning=true", "time_conditioning"),
    ("model.cond_dim=4", "cond_dim"),
    ("parameterization=ar", "config.json: backbone: found dit, expected ar"),
    ("parameterization=sedd", "time_conditioning: found false, expected true"),
  ])
  func misshapenWeightsAreRefused(override: String, fragment: String) throws {
    let tiny = try TinyRun()
    var first = try tiny.start("first")
    _ = try first.proceed(until: 1)
    expectRefusal(.badConfiguration, fragment, tiny.path("first")) {
      _ = try tiny.start("second", from: .weights(tiny.path("first")), with: [override])
    }
    #expect(try !names(in: tiny.folder.path).contains("second"))
  }

  @Test func weightsOfTheOtherNetworkAreRefused() throws {
    let tiny = try TinyRun()
    try tiny.train("first", until: 1, with: ["parameterization=ar"])
    expectRefusal(
      .badConfiguration, "config.json: backbone: found ar, expected dit",
      "Give the run the network that the weights are of, or leave out --init"
    ) {
      _ = try tiny.start("second", from: .weights(tiny.path("first")))
    }
    #expect(try !names(in: tiny.folder.path).contains("second"))
  }

  /// One objective may go on from what another has learned, as long as the network is the same.
  @Test(arguments: [
    ("subs", "parameterization=d3pm,time_conditioning=false"), ("subs", "T=10"),
    ("subs", "noise={type: 'linear', sigma_max: 3}"),
    ("subs", "training.importance_sampling=true"), ("sedd", "parameterization=d3pm"),
    ("d3pm", "time_conditioning=true"), ("d3pm", "parameterization=d3pm,T=10,subs_masking=true"),
    ("ar", "parameterization=ar"),
  ])
  func weightsOfAnotherObjectiveAreWelcome(name: String, settings: String) throws {
    let tiny = try TinyRun()
    try tiny.train("first", until: 3, with: ["parameterization=\(name)"])
    let overrides =
      settings.hasPrefix("noise") ? [settings] : settings.split(separator: ",").map(String.init)
    var run = try tiny.start("second", from: .weights(tiny.path("first")), with: overrides)
    let first = try MaskedDiffusionModel(path: tiny.path("first"), on: Device(threads: 1))
    #expect(allValues(of: run.state.network) == allValues(of: first.network))
    #expect(try run.reports(2).allSatisfy { $0.loss.isFinite })
  }

  @Test func finishedOrBegunRunIsNotOverwritten() throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    let files = try tiny.checkpoints()
    expectRefusal(.cannotWrite, tiny.path(), "--resume") { _ = try tiny.start() }
    expectRefusal(.cannotWrite, "--output") {
      _ = try tiny.start("run", from: .weights(tiny.path()))
    }
    #expect(try tiny.checkpoints() == files)
  }

  @Test func resumingBeginsWhereThereIsNoCheckpoint() throws {
    let tiny = try TinyRun()
    var run = try tiny.start("run", resumes: true)
    #expect(run.notes == ["no checkpoint in \(tiny.path()) yet: beginning at step 0"])
    #expect(try run.proceed(until: 1) == .stopped)
  }

  @Test(arguments: [
    ("seed=2", "- seed: 1\n  + seed: 2"), ("loader.global_batch_size=8", "global_batch_size: 8"),
    ("model.hidden_size=32", "hidden_size: 32"), ("model.n_blocks=1", "n_blocks"),
    ("model.n_heads=4", "n_heads"), ("model.length=16", "length: 8"),
    ("model.cond_dim=4", "cond_dim"), ("time_conditioning=true", "time_conditioning"),
    ("parameterization=d3pm", "- parameterization: \"subs\"\n  + parameterization: \"d3pm\""),
    ("parameterization=ar", "+ parameterization: \"ar\""), ("T=10", "- T: 0\n  + T: 10"),
    ("noise.type=cosine", "- noise.type: \"loglinear\"\n  + noise.type: \"cosine\""),
    ("noise={type: 'linear', sigma_max: 3}", "- noise.sigma_max: null\n  + noise.sigma_max: 3.0"),
    ("noise={type: 'polynomial', degree: 3}", "+ noise.degree: 3.0"),
  ])
  func anotherRunIsNotResumed(override: String, fragment: String) throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    let (files, settings) = (try tiny.checkpoints(), try bytes(of: tiny.path() + "/config.json5"))
    for acceptsChanges in [false, true] {
      expectRefusal(.badConfiguration, fragment, "the settings of another run") {
        _ = try tiny.start(
          "run", resumes: true, acceptsChanges: acceptsChanges, with: [override])
      }
    }
    #expect(try tiny.checkpoints() == files)
    #expect(try bytes(of: tiny.path() + "/config.json5") == settings)
    // The checkpoint itself tells, where the configuration is lost: by other rows, or other sizes.
    try FileManager.default.removeItem(atPath: tiny.path() + "/config.json5")
    #expect(throws: (any Error).self) {
      _ = try tiny.start("run", resumes: true, with: [override])
    }
    expectRefusal(.badConfiguration, "Resume with") {
      _ = try tiny.start("run", resumes: true, acceptsChanges: true, with: [override])
    }
  }

  /// Settings that only a run of their own has are compared with its.
  @Test(arguments: [
    (["noise.type=linear"], "noise.sigma_min=0.1", "- noise.sigma_min: null"),
    (["noise.type=geometric"], "noise.sigma_max=9", "+ noise.sigma_max: 9.0"),
    (["noise.type=polynomial"], "noise.degree=3", "+ noise.degree: 3.0"),
    (["parameterization=d3pm"], "subs_masking=true", "+ subs_masking: true"),
    (["parameterization=d3pm"], "T=10", "- T: 1000\n  + T: 10"),
    ([], "training.change_of_variables=true", "+ training.change_of_variables: true"),
  ])
  func anotherDiffusionIsNotResumed(
    overrides: [String], change: String, fragment: String
  ) throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1, with: overrides)
    expectRefusal(.badConfiguration, fragment, "the settings of another run") {
      _ = try tiny.start(
        "run", resumes: true, acceptsChanges: true, with: overrides + [change])
    }
    #expect(try tiny.train(until: 2, with: overrides) == .stopped)
  }

  @Test(arguments: [
    "training.importance_sampling=true", "training.antithetic_offset=shared",
    "optim.lr=2e-2", "training.ema=0.5", "data.valid_fraction=0.1", "trainer.limit_val_batches=1",
    "trainer.accumulate_grad_batches=1", "model.dropout=0",
  ])
  func changesOfTheNumbersMustBeAccepted(override: String) throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    let key = String(override.split(separator: "=")[0])
    expectRefusal(.badConfiguration, "- \(key): ", "+ \(key): ", "--accept-changes") {
      _ = try tiny.start("run", resumes: true, with: [override])
    }
    var run = try tiny.start("run", resumes: true, acceptsChanges: true, with: [override])
    #expect(run.notes.first?.contains(key) == true)
    #expect(try run.proceed(until: 2) == .stopped)
    let sessions = String(
      decoding: try bytes(of: tiny.path() + "/sessions.jsonl"), as: UTF8.self)
    #expect(sessions.contains("\"changes\":[\"\(key): "))
  }

  @Test(arguments: [
    "trainer.max_steps=50", "checkpointing.keep_last=1", "trainer.log_every_n_steps=1",
    "sampling.steps=4", "trainer.val_check_interval=3", "trainer.max_time=\"01:00:00:00\"",
  ])
  func changesOfTheConductAreWelcome(override: String) throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    #expect(try tiny.train(until: 2, with: [override]) == .stopped)
  }

  @Test func laterLastStepOfADecayingRateMustBeAccepted() throws {
    let tiny = try TinyRun()
    let decay = ["lr_scheduler.name=cosine_decay_warmup"]
    try tiny.train(until: 1, with: decay)
    expectRefusal(.badConfiguration, "+ trainer.max_steps: 50") {
      try tiny.train(with: decay + ["trainer.max_steps=50"])
    }
  }

  @Test func otherDataMustBeAccepted() throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    _ = try tiny.folder.write("text.txt", TinyRun.verses.replacing("mat", with: "sat"))
    expectRefusal(.badData, "text.txt", "other rows", "--accept-changes") {
      try tiny.train()
    }
    var run = try tiny.start("run", resumes: true, acceptsChanges: true)
    #expect(try run.proceed(until: 2) == .stopped)
  }

  @Test func secondProcessIsRefused() throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    let run = try tiny.start("run", resumes: true)
    expectRefusal(.cannotWrite, "another process", "process \(getpid())", "--output") {
      _ = try tiny.start("run", resumes: true)
    }
    withExtendedLifetime(run) { #expect(RunDirectory(tiny.path()).isLocked) }
  }

  @Test func lockOfADeadProcessIsNoObstacle() throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    try write(
      "{\"host\":\"box\",\"pid\":1,\"since\":\"2020-01-01T00:00:00Z\"}".utf8,
      to: tiny.path() + "/lock")
    #expect(!RunDirectory(tiny.path()).isLocked)
    #expect(try tiny.train(until: 2) == .stopped)
  }

  @Test func runFromWeightsCanBeResumedAtOnce() throws {
    let tiny = try TinyRun()
    try tiny.train("first", until: 7)
    let second = try tiny.start("second", from: .weights(tiny.path("first")))
    let weights = allValues(of: second.state.network)
    // The source may be gone by then.
    try FileManager.default.removeItem(atPath: tiny.path("first"))
    try FileManager.default.copyItem(atPath: tiny.path("second"), toPath: tiny.path("third"))
    let third = try tiny.start("third", resumes: true)
    #expect(allValues(of: third.state.network) == weights)
    withExtendedLifetime(second) {}
  }

  @Test func vocabularyOfTheTextMustBeTheConfigurations() throws {
    let tiny = try TinyRun()
    expectRefusal(.badConfiguration, "model.vocab_size", "found 99", "set it to") {
      _ = try tiny.start("run", with: ["model.vocab_size=99"])
    }
  }

  @Test func resumingKeepsTheVocabularyOfTheCheckpoint() throws {
    let tiny = try TinyRun()
    try tiny.train(until: 1)
    _ = try tiny.folder.write("text.txt", TinyRun.verses + "ZÜRICH\n")
    expectRefusal(.badData, "text.txt:41", "'Z' (U+005A)") {
      _ = try tiny.start("run", resumes: true)
    }
  }
}
