import Testing

@testable import MDLM

/// What holds for the predictors of every parameterization but SUBS, of which ``SamplerTests`` and
/// ``ControlTests`` tell.
struct ParameterizationSamplingTests {
  /// A parameterization with one of its predictors.
  struct Case: Sendable, CustomTestStringConvertible {
    let parameterization: Parameterization
    let predictor: Predictor
    var excludesMask = false

    var testDescription: String {
      "\(parameterization) \(predictor)" + (excludesMask ? " without the mask" : "")
    }

    /// The last of `vocabularySize` ids is the mask.
    func diffusion(vocabularySize: Int) -> DiffusionSettings {
      var settings = DiffusionSettings(
        maskID: Int32(vocabularySize - 1), parameterization: parameterization)
      settings.excludesMask = excludesMask
      return settings
    }
  }

  private static let all = [
    Case(parameterization: .sedd, predictor: .analytic),
    Case(parameterization: .sedd, predictor: .euler),
    Case(parameterization: .d3pm, predictor: .ddpm),
    Case(parameterization: .d3pm, predictor: .ddpmCache),
    Case(parameterization: .d3pm, predictor: .ddpmCache, excludesMask: true),
    Case(parameterization: .ar, predictor: .ar),
  ]

  private func network(_ parameterization: Parameterization) -> any Network {
    let network = NetworkConfiguration(
      vocabularySize: 9, length: 12, hiddenSize: 16, blockCount: 2, headCount: 2,
      conditioningSize: 8, timeConditioning: parameterization != .ar,
      backbone: parameterization.backbone
    ).network(on: Device(threads: 2))
    network.parameters.randomize(seed: 191)
    return network
  }

  private func sampler(
    _ sampling: Case, steps: Int = 8, seed: UInt64 = 192,
    _ change: (inout SamplerSettings) -> Void = { _ in }
  ) -> Sampler {
    var settings = SamplerSettings(predictor: sampling.predictor, steps: steps, seed: seed)
    change(&settings)
    return Sampler(sampling.diffusion(vocabularySize: 9), settings)
  }

  /// A prompt, and for diffusion models also fixed tokens behind a gap.
  private func templates(_ sampling: Case) -> [SequenceTemplate] {
    let prompt = SequenceTemplate([.fixed([1, 2]), .free(8)])
    if sampling.parameterization == .ar { return [prompt, SequenceTemplate(length: 7)] }
    return [prompt, SequenceTemplate([.free(3), .fixed([1, 2]), .free(5), .fixed([0])])]
  }

  @Test(arguments: all) func aSampleDoesNotDependOnItsBatch(sampling: Case) throws {
    let network = network(sampling.parameterization)
    var sampler = sampler(sampling)
    sampler.batchSize = 3
    let together = try sampler.sample(from: network, count: 7)
    for index in [0, 3, 6] {
      let alone = try sampler.sample(
        from: network, [SequenceTemplate(length: 12)], firstIndex: index)
      #expect(alone == [together[index]])
    }
    #expect(Set(together.map(\.tokens)).count > 4)
    sampler.settings.seed += 1
    let others = try sampler.sample(from: network, count: 7)
    #expect(others.map(\.tokens) != together.map(\.tokens))
  }

  @Test(arguments: all, [1, 3, 64]) func noMaskIsLeft(sampling: Case, steps: Int) throws {
    let samples = try sampler(sampling, steps: steps)
      .sample(from: network(sampling.parameterization), count: 5)
    for sample in samples {
      #expect(!sample.tokens.contains(8) && sample.tokens.count == 12)
      #expect(sample.networkCalls >= 1)
    }
  }

  @Test(arguments: all) func templatesAreKept(sampling: Case) throws {
    let templates = templates(sampling).map { template in
      var template = template
      template.allow([0, 3, 6], at: 2)
      template.allow([3, 7], at: 5)
      return template
    }
    let samples = try sampler(sampling) { $0.controls.banned = [3] }.sample(
      from: network(sampling.parameterization), templates + templates + templates)
    for sample in samples {
      let template = templates[sample.index % templates.count]
      for (position, token) in sample.tokens.enumerated() {
        if let fixed = template.tokens[position] {
          #expect(token == fixed)
        } else {
          #expect(token != 3 && token != 8)
          #expect(template.allowed[position]?.contains(token) ?? true)
        }
      }
    }
  }

  @Test(arguments: all) func eventsRebuildTheSamples(sampling: Case) throws {
    var canvases: [Int: [Int32]] = [:]
    var finished: [Sample] = []
    let samples = try sampler(sampling, steps: 20).sample(
      from: network(sampling.parameterization), templates(sampling)
    ) { event in
      switch event {
      case .began(let beginning): canvases[beginning.sample] = beginning.tokens
      case .revealed(let reveal):
        #expect(canvases[reveal.sample]?[reveal.position] == 8)
        #expect((0...1).contains(reveal.time))
        #expect((0...1.0000001).contains(reveal.belief.probability))
        // Nothing tells the first token of an autoregressive model.
        let isGiven = sampling.parameterization == .ar && reveal.position == 0
        #expect(reveal.belief.top.count == (isGiven ? 0 : 5))
        canvases[reveal.sample]?[reveal.position] = reveal.token
      case .remasked: Issue.record("nothing is masked again")
      case .called: break
      case .finished(let sample): finished.append(sample)
      }
      return .proceed
    }
    #expect(samples.map { canvases[$0.index] } == samples.map(\.tokens))
    #expect(finished.sorted { $0.index < $1.index } == samples)
  }

  @Test(arguments: all) func scoresThatAreNoNumbersAreReported(sampling: Case) throws {
    let network = network(sampling.parameterization)
    for parameter in network.parameters.parameters {
      parameter.values.update(repeating: Float.greatestFiniteMagnitude)
    }
    let error = #expect(throws: InputError.self) {
      try sampler(sampling).sample(from: network, count: 1)
    }
    #expect(error?.category == .badData && error?.subject == "the network")
  }

  // MARK: Calls

  @Test(arguments: all) func callsThatAreReportedAreCallsThatWereMade(sampling: Case) throws {
    let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 193)
    var seen = 0
    let samples = try Sampler(
      sampling.diffusion(vocabularySize: 4),
      SamplerSettings(predictor: sampling.predictor, steps: 10)
    ).sample(from: denoiser, count: 9) { event in
      if case .called(let call) = event { seen += call.samples.count }
      return .proceed
    }
    let reported = samples.reduce(0) { $0 + $1.networkCalls }
    #expect(denoiser.sequencesSeen.load(ordering: .relaxed) == reported)
    #expect(seen == reported)
  }

  /// Predicted calls against those that are made, and their mean within five standard errors.
  @Test(arguments: all, [true, false])
  func callsAreForeseen(sampling: Case, removesNoise: Bool) throws {
    let denoiser = TableDenoiser(vocabularySize: 3, length: 6, seed: 194)
    let diffusion = sampling.diffusion(vocabularySize: 3)
    let count = isOptimizedBuild ? 4000 : 400
    for steps in [1, 2, 9, 60] {
      var settings = SamplerSettings(predictor: sampling.predictor, steps: steps, seed: 195)
      settings.removesNoise = removesNoise
      let forecast = settings.forecast(
        for: SequenceTemplate(length: 6), diffusion, limit: 6)
      let samples = try Sampler(diffusion, settings, batchSize: 500)
        .sample(from: denoiser, count: count)
      let calls = samples.map { Double($0.networkCalls) }
      switch forecast.kind {
      case .exact:
        #expect(sampling.parameterization == .ar)
        #expect(calls.allSatisfy { $0 == forecast.calls })
      case .atMost: #expect(calls.allSatisfy { $0 <= forecast.calls })
      case .mean:
        #expect(sampling.excludesMask)
        let mean = calls.reduce(0, +) / Double(count)
        let variance =
          calls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        // Masks that outlast the grid take a call more once in ten thousand samples.
        #expect(
          abs(mean - forecast.calls) <= 5 * (variance / Double(count)).squareRoot() + 1e-3,
          "\(steps) steps: \(mean), expected \(forecast.calls)")
      }
    }
  }

  @Test(arguments: all.filter { $0.parameterization != .ar })
  func blocksAreForeseen(sampling: Case) throws {
    let denoiser = TableDenoiser(vocabularySize: 3, length: 6, seed: 196)
    let diffusion = sampling.diffusion(vocabularySize: 3)
    var settings = SamplerSettings(predictor: sampling.predictor, steps: 3, seed: 197)
    settings.order = .blocks(size: 2, slides: false)
    let forecast = settings.forecast(for: SequenceTemplate(length: 6), diffusion, limit: 6)
    let samples = try Sampler(diffusion, settings, batchSize: 100)
      .sample(from: denoiser, count: 300)
    if sampling.excludesMask {
      // Two masks and three steps: 3 (1 − (2/3)²) calls for each block.
      #expect(abs(forecast.calls - 5) < 1e-3)
    } else {
      #expect(samples.allSatisfy { Double($0.networkCalls) <= forecast.calls })
      #expect(forecast == CallForecast(calls: 12, kind: .atMost))
    }
  }

  @Test(arguments: all, [3, 7, 12]) func budgetIsKept(sampling: Case, calls: Int) throws {
    let template = SequenceTemplate(length: 12)
    let diffusion = sampling.diffusion(vocabularySize: 3)
    let settings = SamplerSettings(predictor: sampling.predictor, seed: 198)
    if sampling.parameterization == .ar && calls < 11 {
      let error = #expect(throws: InputError.self) {
        try settings.fitting(calls: calls, for: template, diffusion, limit: 12)
      }
      #expect(error?.subject == "nfe")
      return
    }
    let fitted = try settings.fitting(calls: calls, for: template, diffusion, limit: 12)
    let forecast = fitted.forecast(for: template, diffusion, limit: 12)
    #expect(forecast.calls <= Double(calls) + 0.5 && forecast.calls > Double(calls) - 1.5)
  }

  // MARK: Refusals

  @Test(arguments: Parameterization.allCases)
  func predictorsOfOthersAreRefused(parameterization: Parameterization) {
    let expected: Set<Predictor> =
      switch parameterization {
      case .subs: Set(Predictor.allCases).subtracting([.euler, .ar])
      case .d3pm: [.ddpm, .ddpmCache]
      case .sedd: [.analytic, .euler]
      case .ar: [.ar]
      }
    #expect(expected.contains(parameterization.defaultPredictor))
    for predictor in Predictor.allCases {
      let text = sentence {
        try SamplerSettings(predictor: predictor).check(parameterization)
      }
      if expected.contains(predictor) {
        #expect(text == "no error")
      } else {
        #expect(
          text.contains(
            "found \(predictor.rawValue) with a model of \(parameterization.rawValue)"),
          "\(text)")
      }
    }
  }

  @Test func publishedNoiseIsThatOfSomeParameterizations() {
    for (parameterization, predictor, isGood) in [
      (Parameterization.subs, Predictor.ddpm, true), (.sedd, .analytic, true),
      (.sedd, .euler, false), (.d3pm, .ddpm, false), (.ar, .ar, false),
    ] {
      var settings = SamplerSettings(predictor: predictor)
      settings.usesPublishedNoise = true
      let text = sentence { try settings.check(parameterization) }
      #expect(isGood ? text == "no error" : text.contains("gumbel"), "\(text)")
    }
  }
}
