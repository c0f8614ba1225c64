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

  @Test func finishedOrBegunRunIsNotOverwritten() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    _ = try run.proceed(until: 1)
    let files = try tiny.checkpoints()
    expectRefusal(.cannotWrite, tiny.path(), "--resume") { _ = try tiny.start() }
    expectRefusal(.cannotWrite, "--output") {
      _ = try tiny.start("run", from: .weights(tiny.path()))
    }
    #expect(try tiny.checkpoints() == files)
  }

  @Test func resumingNeedsACheckpoint() throws {
    let tiny = try TinyRun()
    expectRefusal(.missingInput, tiny.path(), "no complete checkpoint", "without --resume") {
      _ = try tiny.start("run", from: .latestCheckpoint)
    }
    #expect(try names(in: tiny.folder.path) == ["text.txt"])
  }

  @Test(arguments: [
    ("seed=2", "seed 1"), ("loader.global_batch_size=8", "global_batch_size"),
    ("model.hidden_size=32", "hidden_dim: found 16, expected 32"),
    ("model.n_blocks=1", "n_blocks"), ("model.n_heads=4", "n_heads"),
    ("model.length=16", "model_length"), ("model.cond_dim=4", "cond_dim"),
    ("time_conditioning=true", "time_conditioning"),
  ])
  func anotherRunIsNotResumed(override: String, fragment: String) throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    _ = try run.proceed(until: 1)
    let (files, settings) = (try tiny.checkpoints(), try bytes(of: tiny.path() + "/config.json5"))
    expectRefusal(.badConfiguration, fragment, "Resume with") {
      _ = try tiny.start("run", from: .latestCheckpoint, with: [override])
    }
    #expect(try tiny.checkpoints() == files)
    #expect(try bytes(of: tiny.path() + "/config.json5") == settings)
  }

  @Test func vocabularyOfTheTextMustBeTheConfigurations() throws {
    let tiny = try TinyRun()
    expectRefusal(.badConfiguration, "model.vocab_size", "found 99", "set it to") {
      _ = try tiny.start("run", with: ["model.vocab_size=99"])
    }
  }

  @Test func resumingKeepsTheVocabularyOfTheCheckpoint() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    _ = try run.proceed(until: 1)
    _ = try tiny.folder.write("text.txt", TinyRun.verses + "ZÜRICH\n")
    expectRefusal(.badData, "text.txt:41", "'Z' (U+005A)") {
      _ = try tiny.start("run", from: .latestCheckpoint)
    }
  }

  @Test func divergenceLeavesTheLastCheckpoint() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    _ = try run.proceed(until: 10)
    let files = try tiny.checkpoints()

    var configuration = try tiny.configuration()
    configuration.optim.lr = 1e30
    var wild = try TrainingRun(
      configuration, directory: tiny.path(), start: .latestCheckpoint, on: Device(threads: 1))
    let divergence = #expect(throws: TrainingDivergence.self) { _ = try wild.proceed() }
    #expect("\(try #require(divergence))".contains("Lower optim.lr"))
    #expect(try tiny.checkpoints() == files)

    var calm = try tiny.start("run", from: .latestCheckpoint)
    #expect(try calm.proceed(until: 12) == false)
    #expect(calm.state.step == 12)
  }
}
