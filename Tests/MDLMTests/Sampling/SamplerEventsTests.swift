import Testing

@testable import MDLM

struct SamplerEventsTests {
  private let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 91)
  private let sampler = Sampler(
    DiffusionSettings(maskID: 3), SamplerSettings(predictor: .firstHitting, seed: 92),
    batchSize: 2)

  @Test func streamHasTheEventsOfTheObserver() async throws {
    let templates = [SequenceTemplate](repeating: SequenceTemplate(length: 3), count: 5)
    var observed: [SamplingEvent] = []
    _ = try sampler.sample(from: denoiser, templates) {
      observed.append($0)
      return .proceed
    }
    var streamed: [SamplingEvent] = []
    for try await event in sampler.events(from: denoiser, templates) { streamed.append(event) }
    #expect(streamed == observed)
    #expect(streamed.count { if case .finished = $0 { true } else { false } } == 5)
  }

  @Test func leavingTheLoopEndsTheWork() async throws {
    let templates = [SequenceTemplate](repeating: SequenceTemplate(length: 3), count: 1_000_000)
    for try await event in sampler.events(from: denoiser, templates) {
      if case .finished = event { break }
    }
    // A million samples take minutes; the network is soon left alone.
    var seen = -1
    for _ in 0..<200 {
      let now = denoiser.sequencesSeen.load(ordering: .relaxed)
      if now == seen { break }
      seen = now
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(denoiser.sequencesSeen.load(ordering: .relaxed) == seen)
    #expect(seen < 3_000_000)
  }

  @Test func mistakesAreThrown() async {
    await #expect(throws: InputError.self) {
      for try await _ in sampler.events(from: denoiser, [SequenceTemplate(length: 4)]) {}
    }
  }
}
