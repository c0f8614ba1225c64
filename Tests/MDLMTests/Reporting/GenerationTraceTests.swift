import Testing

@testable import MDLM

struct GenerationTraceTests {
  /// Writes events and reads the file back.
  private func roundTrip(
    _ events: [SamplingEvent], name: ((Int32) -> String)? = { " word\($0)" }
  ) throws -> GenerationTrace {
    try withScratchDirectory { directory in
      let path = "\(directory)/trace.jsonl"
      let writer = try TraceWriter(path: path, header: .simulated, name: name)
      for event in events { try writer.write(event) }
      return try GenerationTrace(contentsOf: path)
    }
  }

  @Test func headerAndEventsComeBack() throws {
    var sampling = SimulatedSampling(seed: 1, length: 20, steps: 12, remasking: 0.1)
    let record = sampling.record(sample: 3)
    let trace = try roundTrip(record.events)
    #expect(trace.header == .simulated)
    let sample = try #require(trace.sample(3))
    #expect(sample.networkCalls == 12 && sample.isFinished)
    var changes: [TraceChange] = []
    for event in record.events {
      switch event {
      case .revealed(let reveal): changes.append(.revealed(rounded(reveal)))
      case .remasked(let remask):
        changes.append(.remasked(rounded(remask), mask: SimulatedSampling.maskID))
      case .began, .called, .finished: break
      }
    }
    #expect(sample.changes == changes)
    for change in sample.changes where change.result != SimulatedSampling.maskID {
      #expect(trace.text(of: change.result) == " word\(change.result)")
    }
  }

  /// Every frame of every sample, whatever is remasked and however samples of a batch alternate.
  @Test(arguments: 0..<40)
  func everyFrameIsReconstructed(seed: UInt64) throws {
    var sampling = SimulatedSampling(
      seed: seed, length: Int(seed) % 17, steps: 1 + Int(seed) % 9,
      remasking: seed % 2 == 0 ? 0 : 0.3)
    let records = [sampling.record(sample: 0), sampling.record(sample: 7)]
    var queues = records.map { $0.events[...] }
    var events: [SamplingEvent] = []
    var generator = SplitMix64(seed)
    while let queue = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(
      using: &generator)
    {
      events.append(queues[queue].removeFirst())
    }
    let trace = try roundTrip(events)
    for (index, record) in zip([0, 7], records) {
      let sample = try #require(trace.sample(index))
      for (step, frame) in record.frames.enumerated() {
        #expect(sample.frame(afterStep: step - 1) == frame)
      }
      #expect(sample.lastFrame == sample.end)
    }
  }

  @Test func namesStandOnceAndOnlyWithTokenizer() throws {
    var sampling = SimulatedSampling(seed: 5, length: 30, steps: 6)
    let events = sampling.record(sample: 0).events
    var asked: [Int32] = []
    let named = try roundTrip(events) { id in
      asked.append(id)
      return "\u{0}<\(id)>\n"
    }
    #expect(Set(asked).count == asked.count && !asked.contains(SimulatedSampling.maskID))
    #expect(asked.allSatisfy { named.names[$0] == "\u{0}<\($0)>\n" })
    let bare = try roundTrip(events, name: nil)
    #expect(bare.names.isEmpty && bare.text(of: 12) == "12 ")
  }

  @Test func endMayLeaveTokensOut() throws {
    var sampling = SimulatedSampling(seed: 2, length: 9, steps: 4)
    let record = sampling.record(sample: 0)
    let short = Array((record.frames.last ?? []).prefix(5))
    let trace = try roundTrip(
      record.events.dropLast() + [.finished(Sample(index: 0, tokens: short, networkCalls: 2))])
    #expect(trace.samples[0].end == short)
    #expect(trace.samples[0].lastFrame.count == 9)
  }

  @Test func longerFileIsReplaced() throws {
    try withScratchDirectory { directory in
      let path = "\(directory)/trace.jsonl"
      try write([UInt8](repeating: 65, count: 10_000), to: path)
      _ = try TraceWriter(path: path, header: .simulated, name: nil)
      #expect(try GenerationTrace(contentsOf: path).samples.isEmpty)
    }
  }

  @Test(arguments: [
    (0.0, 0.0), (1.0, 1.0), (0.123456789, 0.123457), (123456789, 123457000), (1.5e-9, 1.5e-9),
    (-0.00098765432, -0.000987654), (.infinity, .infinity),
    (.leastNonzeroMagnitude, .leastNonzeroMagnitude),
  ])
  func numbersKeepSixDigits(value: Double, expected: Double) {
    #expect(value.rounded(digits: 6) == expected)
  }

  private func rounded(_ reveal: Reveal) -> Reveal {
    let belief = reveal.belief
    return Reveal(
      sample: reveal.sample, step: reveal.step, time: reveal.time.rounded(digits: 6),
      position: reveal.position, token: reveal.token,
      belief: TokenBelief(
        probability: belief.probability.rounded(digits: 6),
        entropy: belief.entropy.rounded(digits: 6),
        top: belief.top.map {
          .init(token: $0.token, probability: $0.probability.rounded(digits: 6))
        }))
  }

  private func rounded(_ remask: Remask) -> Remask {
    Remask(
      sample: remask.sample, step: remask.step, time: remask.time.rounded(digits: 6),
      position: remask.position, token: remask.token)
  }
}
