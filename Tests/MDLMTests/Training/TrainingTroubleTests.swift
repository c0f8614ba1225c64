import Foundation
import Testing

@testable import MDLM

/// What goes wrong while a run is under way.
struct TrainingTroubleTests {
  @Test func stepsWithoutFiniteNumbersAreSkipped() throws {
    let tiny = try TinyRun()
    var run = try tiny.start("run", with: ["training.ema=0.9"])
    try run.proceed(until: 3)
    let weights = allValues(of: run.state.network)
    // A value that every row reads, so that all losses are spoilt.
    let bias = try #require(run.state.network.parameters.parameters.last)
    let value = bias.values[0]
    bias.values[0] = .nan
    var events: [String] = []
    _ = try run.proceed(until: 6) { event in
      if case .skipped(let step, let inARow, let batch) = event {
        events.append("\(step) \(inARow) \(batch ?? "-")")
      }
      if case .step(let report) = event { #expect(report.isSkipped && !report.loss.isFinite) }
      return .proceed
    }
    #expect(events == ["4 1 trouble/00000004.json", "5 2 -", "6 3 -"])
    bias.values[0] = value
    #expect(allValues(of: run.state.network) == weights)
    #expect(run.state.skippedSteps == 3 && run.state.optimizer.stepCount == 3)
    let reports = try run.reports(8)
    #expect(reports.map(\.isSkipped) == [false, false])
    #expect(run.state.skippedInARow == 0 && run.state.optimizer.stepCount == 5)

    let skips = try tiny.metrics().filter { $0["kind"] as? String == "skipped" }
    #expect(skips.map { $0["step"] as? Int } == [4, 5, 6])
    #expect(skips.allSatisfy { $0["loss"] is NSNull })
    let file = try JSONSerialization.jsonObject(
      with: Data(try bytes(of: tiny.path() + "/trouble/00000004.json")))
    let fields = try #require(file as? [String: Any])
    #expect(fields["loss"] as? String == "nan")
    let rows = try #require(fields["rows"] as? [[String: Any]])
    #expect(rows.count == 4 && rows.allSatisfy { ($0["text"] as? String)?.count == 8 })
  }

  @Test func tooManySkippedStepsEndTheRun() throws {
    let tiny = try TinyRun()
    var run = try tiny.start("run", with: ["trainer.max_skipped_steps=4"])
    try run.proceed(until: 10)
    let files = try tiny.checkpoints()
    run.state.network.parameters.parameters.last?.values[0] = .infinity
    let divergence = #expect(throws: TrainingDivergence.self) { try run.proceed() }
    #expect(divergence?.step == 15 && divergence?.skipped == 5)
    let message = "\(try #require(divergence))"
    #expect(message.contains("Lower optim.lr") && message.contains("trouble/00000011.json"))
    // No checkpoint of the spoilt weights has been written.
    #expect(try tiny.checkpoints() == files)
    let sessions = String(
      decoding: try bytes(of: tiny.path() + "/sessions.jsonl"), as: UTF8.self)
    #expect(sessions.contains("\"reason\":\"diverged\""))
  }

  @Test func skippedStepsAreRememberedByCheckpoints() throws {
    let tiny = try TinyRun()
    func train(stoppingAt stop: Int?) throws {
      let name = stop == nil ? "whole" : "parts"
      func spoilt(_ run: inout TrainingRun, from first: Int, until last: Int) throws {
        try run.proceed(until: first)
        let bias = try #require(run.state.network.parameters.parameters.last)
        let value = bias.values[0]
        bias.values[0] = .nan
        try run.proceed(until: last)
        bias.values[0] = value
      }
      do {
        var run = try tiny.start(name)
        try spoilt(&run, from: 12, until: 14)
        try run.proceed(until: stop ?? 40)
      }
      if stop != nil { try tiny.train(name) }
    }
    try train(stoppingAt: nil)
    try train(stoppingAt: 17)
    // The stops themselves leave checkpoints; those that both have must be equal.
    let (whole, parts) = (try tiny.checkpoints("whole"), try tiny.checkpoints("parts"))
    for (name, content) in whole where parts[name] != nil { #expect(parts[name] == content) }
    #expect(whole["00000040/model.safetensors"] == parts["00000040/model.safetensors"])
    #expect(try tiny.metrics("whole") == tiny.metrics("parts"))
  }

  @Test func checkpointThatCannotBeWrittenIsTriedAgain() throws {
    let tiny = try TinyRun()
    try tiny.train("whole", with: ["checkpointing.keep_last=1"])

    var run = try tiny.start("run", with: ["checkpointing.keep_last=1"])
    // A file where the folder of the checkpoints belongs.
    try write([1], to: tiny.path() + "/checkpoints")
    var failures: [Int] = []
    var written: [Int] = []
    let ending = try run.proceed { event in
      if case .checkpointFailed(let step, let error) = event {
        failures.append(step)
        #expect(error.category == .cannotWrite)
        if failures.count == 3 {
          try? FileManager.default.removeItem(atPath: tiny.path() + "/checkpoints")
        }
      }
      if case .checkpointWritten(let step, _) = event { written.append(step) }
      return .proceed
    }
    #expect(ending == .finished)
    #expect(failures == [10, 11, 13])
    #expect(written.first == 17 && written.last == 40)
    #expect(
      try tiny.checkpoints()["00000040/model.safetensors"]
        == tiny.checkpoints("whole")["00000040/model.safetensors"])
  }

  @Test func lastCheckpointThatCannotBeWrittenIsAnError() throws {
    let tiny = try TinyRun()
    var run = try tiny.start()
    try write([1], to: tiny.path() + "/checkpoints")
    let error = #expect(throws: InputError.self) { try run.proceed(until: 5) }
    #expect(error?.category == .cannotWrite)
  }

  @Test func metricsThatCannotBeWrittenWait() throws {
    let tiny = try TinyRun()
    try tiny.train("whole")
    var run = try tiny.start()
    try makeDirectory(tiny.path() + "/metrics.jsonl")
    var failures = 0
    _ = try run.proceed { event in
      if case .checkpointFailed(_, let error) = event {
        failures += 1
        #expect(error.subject.hasSuffix("metrics.jsonl"))
        if failures == 2 {
          try? FileManager.default.removeItem(atPath: tiny.path() + "/metrics.jsonl")
        }
      }
      return .proceed
    }
    #expect(failures == 2)
    #expect(try tiny.metrics() == tiny.metrics("whole"))
  }

  @Test(arguments: [true, false])
  func shardThatChangesUnderARunEndsItWithItsWorkSaved(isCut: Bool) throws {
    let tiny = try TinyRun()
    let shard = "\(tiny.folder.path)/ids.bin"
    try TokenShard.write((0..<4000).map { Int32($0 * 7 % 25) }, to: shard)
    let settings = [
      "data.train=\(shard)", "data.tokenizer_name_or_path=null", "model.vocab_size=26",
    ]
    var run = try tiny.start("run", with: settings)
    let error = #expect(throws: InputError.self) {
      _ = try run.proceed { event in
        if case .step(let report) = event, report.step == 7 {
          let size = FileSystem.size(of: shard) ?? 0
          let file = try? OutputFile(changing: shard)
          if isCut { try? file?.truncate(to: size / 2) } else { try? file?.write([3], at: 200) }
        }
        return .proceed
      }
    }
    #expect(error?.subject == shard && error?.category == .badData)
    #expect(CheckpointStore(run: tiny.path()).steps == [7])
  }

  @Test func timeLimitStopsTheRunWithACheckpoint() throws {
    let tiny = try TinyRun()
    try tiny.train("whole", with: ["checkpointing.keep_last=1"])
    let overrides = ["checkpointing.keep_last=1", "trainer.max_time=\"00:00:00:01\""]
    let ending = try tiny.train("parts", with: overrides) { event in
      if case .step(let report) = event, report.step == 5 { Thread.sleep(forTimeInterval: 1) }
      return .proceed
    }
    #expect(ending == .outOfTime)
    #expect(CheckpointStore(run: tiny.path("parts")).steps == [5])
    #expect(try tiny.train("parts", with: ["checkpointing.keep_last=1"]) == .finished)
    #expect(try tiny.checkpoints("whole") == tiny.checkpoints("parts"))
  }

  @Test func spikeIsToldOnce() throws {
    var statistics = TrainingStatistics()
    var spikes: [Double] = []
    for step in 0..<300 {
      let loss = (200..<204).contains(step) ? 30.0 : 2 + 0.1 * Double(step % 7)
      if let spike = statistics.add(loss, MaskedShareSums()) { spikes.append(spike.loss) }
    }
    #expect(spikes == [30])
    #expect(abs(statistics.usualLoss - 2.3) < 0.1)
  }

  @Test func slowlyRisingLossIsNoSpike() {
    var statistics = TrainingStatistics()
    let spikes = (0..<1000).compactMap { step in
      statistics.add(2 + 0.01 * Double(step) + 0.1 * Double(step % 7), MaskedShareSums())
    }
    #expect(spikes.isEmpty)
  }
}
