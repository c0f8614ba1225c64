import Foundation
import Testing

@testable import MDLM

struct TrainingRunTests {
  @Test func directoryHoldsConfigurationMetricsAndCheckpoints() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    _ = try run.proceed(until: 10)
    #expect(
      try names(in: tiny.path()) == [
        "checkpoints", "config.json5", "lock", "metrics.jsonl", "samples.jsonl", "sessions.jsonl",
      ])
    #expect(try names(in: tiny.path() + "/checkpoints") == ["00000010", "best", "latest"])
    #expect(try RunConfiguration.load(path: tiny.path() + "/config.json5") == run.configuration)
    let metrics = try tiny.metrics()
    #expect(
      metrics.map { $0["kind"] as? String } == ["train", "train", "validation"])
    #expect(metrics.map { $0["step"] as? Int } == [5, 10, 10])
  }

  @Test func reportsEveryStepValidationAndCheckpoint() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    var events: [String] = []
    _ = try run.proceed(until: 10) { event in
      switch event {
      case .step(let report): if report.step > 8 { events.append("step \(report.step)") }
      case .logged(let metrics): #expect(metrics.step % 5 == 0)
      case .spiked, .skipped, .checkpointFailed: events.append("trouble")
      case .sampling: if events.last != "sampling" { events.append("sampling") }
      case .sampled(let step, let samples):
        events.append("sampled \(step) \(samples.count)")
        #expect(samples[0].sample.tokens.count == 8 && samples[0].text?.count == 8)
      case .validating(let progress):
        events.append("\(progress.rowsDone) of \(progress.rowsTotal) rows")
      case .validated(let step, let estimate, let isBest):
        events.append("validated \(step) \(estimate.sequences) \(isBest)")
      case .checkpointWritten(let step, let path):
        events.append("wrote \(step)")
        #expect(path == tiny.path() + "/checkpoints/00000010")
      }
      return .proceed
    }
    #expect(
      events == [
        "step 9", "step 10", "2 of 8 rows", "4 of 8 rows", "6 of 8 rows", "8 of 8 rows",
        "validated 10 8 true", "sampling", "sampled 10 1", "wrote 10",
      ])
  }

  /// Rows enough for several blocks of work.
  private static let wide = [
    "model.hidden_size=64", "model.length=32", "loader.global_batch_size=8",
    "time_conditioning=true",
  ]

  @Test func lossesDoNotDependOnThreads() throws {
    let tiny = try TinyRun()
    var one = try tiny.start("one", threads: 1, with: Self.wide)
    var two = try tiny.start("two", threads: 2, with: Self.wide)
    #expect(try one.reports(4) == two.reports(4))
    #expect(allValues(of: one.state.average) == allValues(of: two.state.average))
    #expect(try tiny.checkpoints("one") == tiny.checkpoints("two"))
  }

  @Test(arguments: [1, 4, 8])
  func lossesAgreeForAnyMicroBatches(count: Int) throws {
    let tiny = try TinyRun()
    var two = try tiny.start("two", with: Self.wide)
    var other = try tiny.start(
      "other", with: Self.wide + ["trainer.accumulate_grad_batches=\(count)"])
    for (a, b) in zip(try two.reports(4), try other.reports(4)) {
      #expect(abs(a.loss - b.loss) <= 1e-5 * abs(a.loss))
      #expect(abs(a.gradientNorm - b.gradientNorm) <= 1e-4 * abs(a.gradientNorm))
    }
  }

  @Test func seedDecidesTheRun() throws {
    let tiny = try TinyRun()
    var runs = try [
      tiny.start("a"), tiny.start("b"), tiny.start("c", with: ["seed=2"]),
    ]
    let losses = try runs.indices.map { try runs[$0].reports(3).map(\.loss) }
    #expect(losses[0] == losses[1])
    #expect(losses[0] != losses[2])
  }

  @Test func bestIsTheLowestValidation() throws {
    let tiny = try TinyRun()
    // A rate that soon spoils what has been learned.
    var run = try tiny.start("run", with: ["optim.lr=0.5", "trainer.val_check_interval=5"])
    _ = try run.proceed()
    let validations = try tiny.metrics().compactMap { line -> (step: Int, nll: Double)? in
      guard line["kind"] as? String == "validation", let step = line["step"] as? Int,
        let nll = line["nll"] as? Double
      else { return nil }
      return (step, nll)
    }
    #expect(validations.count == 8)
    let best = try #require(validations.min { $0.nll < $1.nll })
    #expect(abs((run.best ?? 0) - best.nll) <= 1e-12, "the metrics' reader rounds the last digit")
    let store = CheckpointStore(run: tiny.path())
    #expect(store.best == store.directory(for: best.step))
  }

  @Test func keepsTheLastCheckpointsAndTheBest() throws {
    let tiny = try TinyRun()
    // Validated once, before anything is learned: that checkpoint stays the best.
    var run = try tiny.start(
      "run",
      with: [
        "checkpointing.keep_last=2", "checkpointing.every_n_steps=4", "optim.lr=1e-30",
        "trainer.max_steps=18", "trainer.val_check_interval=5",
      ])
    _ = try run.proceed()
    let store = CheckpointStore(run: tiny.path())
    let best = try #require(store.best)
    #expect(store.latest == store.directory(for: 18))
    #expect(
      Set(store.steps.map(store.directory(for:)))
        == Set([16, 18].map(store.directory(for:)) + [best]))
  }

  @Test func freshRunDropsTheMetricsOfOneThatLeftNoCheckpoint() throws {
    let tiny = try TinyRun()
    try makeDirectory(tiny.path())
    try write(
      "{\"kind\": \"train\", \"step\": 5}\n{\"kind\"".utf8, to: tiny.path() + "/metrics.jsonl")
    var run = try tiny.start()
    _ = try run.proceed(until: 5)
    #expect(try tiny.metrics().count == 1)
  }

  @Test func trainingLearnsARepeatedWord() throws {
    let tiny = try TinyRun(text: String(repeating: "abcdefgh", count: 100))
    var run = try tiny.start(
      "run",
      with: [
        "trainer.max_steps=200", "trainer.val_check_interval=200", "model.dropout=0",
        "model.hidden_size=32", "loader.global_batch_size=16", "trainer.accumulate_grad_batches=1",
      ])
    let losses = try run.reports(200).map(\.loss)
    let (first, last) = (losses.prefix(20).reduce(0, +) / 20, losses.suffix(20).reduce(0, +) / 20)
    // Untrained: ln 8 nats for each of eight symbols. One visible symbol tells all others of a row.
    #expect(first > 1.5)
    // Rounding, which differs between processors, moves it by some percent.
    #expect(last < 0.7 * first)
  }
}
