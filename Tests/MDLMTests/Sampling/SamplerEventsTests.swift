import Dispatch
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

  /// A network that answers a few calls, and the rest once its gate is open: a consumer that gets its
  /// turn late still comes before the end of the work.
  private struct GatedDenoiser: Denoiser {
    let base: TableDenoiser
    let gate = DispatchSemaphore(value: 0)

    var vocabularySize: Int { base.vocabularySize }
    var length: Int { base.length }
    var conditionsOnTime: Bool { false }

    func features(
      _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
    ) -> Features {
      if base.sequencesSeen.load(ordering: .relaxed) > 20 {
        gate.wait()
        gate.signal()
      }
      return base.features(tokens, length: length, noiseLevels: noiseLevels, pass)
    }

    func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
      base.head(features, rows: rows, pass)
    }
  }

  @Test func leavingTheLoopEndsTheWork() async throws {
    let gated = GatedDenoiser(base: denoiser)
    let templates = [SequenceTemplate](repeating: SequenceTemplate(length: 3), count: 100_000)
    for try await event in sampler.events(from: gated, templates) {
      if case .finished = event { break }
    }
    gated.gate.signal()
    var seen = -1
    for _ in 0..<200 {
      let now = denoiser.sequencesSeen.load(ordering: .relaxed)
      if now == seen { break }
      seen = now
      try await Task.sleep(for: .milliseconds(50))
    }
    // The call that was waiting is the last one.
    #expect((6..<30).contains(seen))
  }

  @Test func mistakesAreThrown() async {
    await #expect(throws: InputError.self) {
      for try await _ in sampler.events(from: denoiser, [SequenceTemplate(length: 4)]) {}
    }
  }
}
