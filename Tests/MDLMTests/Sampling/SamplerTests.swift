import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What holds for every predictor.
struct SamplerTests {
  private static let all = Predictor.allCases.filter { $0.samples(.subs) }

  private func network(length: Int = 12, timeConditioning: Bool = false) -> DiffusionTransformer {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 9, length: length, hiddenSize: 16, blockCount: 2, headCount: 2,
        conditioningSize: 8, timeConditioning: timeConditioning), on: Device(threads: 2))
    network.parameters.randomize(seed: 61)
    return network
  }

  private func sampler(
    _ predictor: Predictor, steps: Int = 8, seed: UInt64 = 1,
    _ change: (inout SamplerSettings) -> Void = { _ in }
  ) -> Sampler {
    var settings = SamplerSettings(predictor: predictor, steps: steps, seed: seed)
    change(&settings)
    return Sampler(DiffusionSettings(maskID: 8), settings)
  }

  /// Weights may be finite each and still too large together, as in runs that diverged.
  @Test(arguments: all)
  func scoresThatAreNoNumbersAreReported(predictor: Predictor) throws {
    let network = network()
    for parameter in network.parameters.parameters {
      parameter.values.update(repeating: Float.greatestFiniteMagnitude)
    }
    let error = #expect(throws: InputError.self) {
      try sampler(predictor).sample(from: network, count: 1)
    }
    #expect(error?.category == .badData && error?.subject == "the network")
  }

  @Test(arguments: all, [false, true])
  func aSampleDoesNotDependOnItsBatch(predictor: Predictor, timeConditioning: Bool) throws {
    let network = network(timeConditioning: timeConditioning)
    var sampler = sampler(predictor)
    sampler.batchSize = 3
    let together = try sampler.sample(from: network, count: 7)
    for index in [0, 3, 6] {
      let alone = try sampler.sample(
        from: network, [SequenceTemplate(length: 12)], firstIndex: index)
      #expect(alone == [together[index]])
    }
    #expect(Set(together.map(\.tokens)).count > 4)
    #expect(together.map(\.index) == Array(0..<7))
  }

  @Test(arguments: all) func seedsMakeDifferentSamples(predictor: Predictor) throws {
    let samples = try (1...2).map { seed in
      try sampler(predictor, seed: seed).sample(from: network(), count: 1)
    }
    #expect(samples[0][0].tokens != samples[1][0].tokens)
  }

  @Test(arguments: all, [1, 3, 64])
  func noMaskIsLeftAndCallsAreFew(predictor: Predictor, steps: Int) throws {
    let samples = try sampler(predictor, steps: steps).sample(from: network(), count: 5)
    for sample in samples {
      #expect(!sample.tokens.contains(8))
      #expect(sample.networkCalls >= 1)
      // At most one call for each position, except where every step calls, or masks come back.
      if !predictor.remasks && predictor != .ddpm { #expect(sample.networkCalls <= 12) }
    }
  }

  @Test(arguments: [false, true])
  func cachedCallsDrawTheSameSamples(timeConditioning: Bool) throws {
    let network = network(timeConditioning: timeConditioning)
    let every = try sampler(.ddpm, steps: 40).sample(from: network, count: 3)
    let cached = try sampler(.ddpmCache, steps: 40).sample(from: network, count: 3)
    #expect(every.map(\.tokens) == cached.map(\.tokens))
    for sample in every { #expect(sample.networkCalls >= 40) }
  }

  @Test(arguments: all) func callsThatAreReportedAreCallsThatWereMade(predictor: Predictor) throws {
    let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 67)
    var seen = 0
    let samples = try Sampler(
      DiffusionSettings(maskID: 3), SamplerSettings(predictor: predictor, steps: 10)
    ).sample(from: denoiser, count: 9) { event in
      if case .called(let call) = event { seen += call.samples.count }
      return .proceed
    }
    let reported = samples.reduce(0) { $0 + $1.networkCalls }
    #expect(denoiser.sequencesSeen.load(ordering: .relaxed) == reported)
    #expect(seen == reported)
  }

  // MARK: Events

  @Test(arguments: all) func eventsRebuildTheSamples(predictor: Predictor) throws {
    let template = SequenceTemplate([.free(3), .fixed([1, 2]), .free(5), .fixed([0])])
    var canvases: [Int: [Int32]] = [:]
    var finished: [Sample] = []
    let samples = try sampler(predictor, steps: 20).sample(
      from: network(), [template, template, template]
    ) { event in
      switch event {
      case .began(let beginning): canvases[beginning.sample] = beginning.tokens
      case .revealed(let reveal):
        #expect(canvases[reveal.sample]?[reveal.position] == 8)
        #expect((0...1).contains(reveal.time))
        #expect((0...1.0000001).contains(reveal.belief.probability))
        #expect(reveal.belief.top.count == 5)
        #expect(
          reveal.belief.top.contains { $0.token == reveal.token }
            || reveal.belief.probability <= reveal.belief.top[4].probability)
        canvases[reveal.sample]?[reveal.position] = reveal.token
      case .remasked(let remask):
        #expect(predictor.remasks)
        #expect(canvases[remask.sample]?[remask.position] == remask.token)
        canvases[remask.sample]?[remask.position] = 8
      case .called: break
      case .finished(let sample): finished.append(sample)
      }
      return .proceed
    }
    #expect(samples.map { canvases[$0.index] } == samples.map(\.tokens))
    #expect(finished.sorted { $0.index < $1.index } == samples)
  }

  @Test func observationChangesNothing() throws {
    let silent = try sampler(.ddpmCache).sample(from: network(), count: 2)
    #expect(try sampler(.ddpmCache).sample(from: network(), count: 2) { _ in .proceed } == silent)
  }

  @Test func workCanBeStopped() throws {
    var (begun, ended): (Int, Int) = (0, 0)
    var sampler = sampler(.firstHitting)
    sampler.batchSize = 2
    let samples = try sampler.sample(from: network(), count: 10) { event in
      if case .began = event { begun += 1 }
      if case .finished = event { ended += 1 }
      return ended == 2 ? .stop : .proceed
    }
    #expect(samples.map(\.index) == [0, 1])
    #expect(begun < 10)
  }

  // MARK: Budget

  /// Predicted calls against the mean over samples: five standard errors, which are measured.
  @Test(.releaseOnly, arguments: all) func callsAreForeseen(predictor: Predictor) throws {
    let denoiser = TableDenoiser(vocabularySize: 3, length: 6, seed: 75)
    for steps in [2, 9, 60] {
      let settings = SamplerSettings(predictor: predictor, steps: steps, seed: 76)
      let forecast = settings.forecast(
        for: SequenceTemplate(length: 6), DiffusionSettings(maskID: 1), limit: 6)
      let samples = try Sampler(DiffusionSettings(maskID: 2), settings, batchSize: 500)
        .sample(from: denoiser, count: 4000)
      let calls = samples.map { Double($0.networkCalls) }
      let mean = calls.reduce(0, +) / 4000
      let variance = calls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
      let error = (variance / 4000).squareRoot()
      switch forecast.kind {
      case .exact: #expect(calls.allSatisfy { $0 == forecast.calls })
      case .atMost: #expect(calls.allSatisfy { $0 <= forecast.calls })
      // The share of tokens that `remdm_conf` masks again depends on the model.
      case .mean where predictor == .remdmConf:
        #expect(abs(mean - forecast.calls) < 0.1 * forecast.calls)
      case .mean:
        // Masks that outlast the grid take a call more once in ten thousand samples.
        #expect(
          abs(mean - forecast.calls) <= 5 * error + 1e-3,
          "\(steps) steps: \(mean) ± \(error), expected \(forecast.calls)")
      }
    }
  }

  /// T (1 − (1 − 1/T)^L) calls for ancestral sampling that skips steps without reveals.
  @Test(arguments: [(1000, 256), (5000, 256), (1000, 1024), (5000, 1024)])
  func cachedCallsFollowTheFormula(steps: Int, length: Int) throws {
    let settings = SamplerSettings(predictor: .ddpmCache, steps: steps, seed: 77)
    let forecast = settings.forecast(
      for: SequenceTemplate(length: length), DiffusionSettings(maskID: 1), limit: length)
    let (t, l) = (Double(steps), Double(length))
    let formula = t * (1 - pow(1 - 1 / t, l))
    // The official grid ends at 1e-5, and a mask that is left takes a call more.
    #expect(abs(forecast.calls - formula) < 0.02)
    // Reveals are independent of what the network says: uniform numbers tell the calls.
    let calls = (0..<200).map { sample in
      let times = (0..<length).map {
        SampleDraws(seed: 77, sample: sample).uniform(.reveals, position: $0)
      }
      return Double(Set(times.map { Int($0 * t) }).count)
    }
    let mean = calls.reduce(0, +) / 200
    let error = (calls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199 / 200).squareRoot()
    #expect(abs(mean - formula) < 5 * error)
  }

  @Test(arguments: all, [3, 7, 12])
  func budgetIsKept(predictor: Predictor, calls: Int) throws {
    let template = SequenceTemplate(length: 12)
    let settings = SamplerSettings(predictor: predictor, seed: 78)
    if predictor == .firstHitting && calls < 12 {
      let error = #expect(throws: InputError.self) {
        try settings.fitting(calls: calls, for: template, DiffusionSettings(maskID: 1), limit: 12)
      }
      #expect(error?.subject == "nfe")
      return
    }
    let fitted = try settings.fitting(
      calls: calls, for: template, DiffusionSettings(maskID: 1), limit: 12)
    let forecast = fitted.forecast(for: template, DiffusionSettings(maskID: 1), limit: 12)
    #expect(forecast.calls <= Double(calls) + 0.5)
    // Many more steps would break the budget, or bring nothing.
    var more = fitted
    more.steps = 8 * fitted.steps + 2
    let next = more.forecast(for: template, DiffusionSettings(maskID: 1), limit: 12)
    #expect(next.calls > Double(calls) + 0.5 || next.calls - forecast.calls < 0.3)
    #expect(fitted.steps <= 100 || predictor == .ddpmCache || predictor == .analytic)
  }
}
