import Testing

@testable import MDLM

/// Fixed tokens, allowed tokens, and what may be drawn: the same for every predictor.
struct ControlTests {
  private static let all = Predictor.allCases.filter { $0.samples(.subs) }
  private let network: DiffusionTransformer = {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 9, length: 16, hiddenSize: 16, blockCount: 2, headCount: 2,
        conditioningSize: 8), on: Device(threads: 2))
    network.parameters.randomize(seed: 81)
    return network
  }()

  private func samples(
    _ predictor: Predictor, _ templates: [SequenceTemplate],
    _ change: (inout SamplerSettings) -> Void = { _ in }
  ) throws -> [Sample] {
    var settings = SamplerSettings(predictor: predictor, steps: 9, seed: 82)
    settings.remaskingStrength = 0.3
    change(&settings)
    return try Sampler(DiffusionSettings(maskID: 8), settings)
      .sample(from: network, templates)
  }

  /// A template of random spans, with random sets of allowed tokens.
  private func template(_ random: inout SplitMix64, banned: Int32) -> SequenceTemplate {
    let length = Int(random.next() % 15) + 2
    var tokens = (0..<length).map { _ -> Int32? in
      random.next() % 2 == 0 ? nil : Int32(random.next() % 8)
    }
    tokens[Int(random.next() % UInt64(length))] = nil
    var template = SequenceTemplate(
      tokens.map { token in token.map { .fixed([$0]) } ?? .free(1) })
    for position in template.freePositions where random.next() % 3 == 0 {
      let first = Int32(random.next() % 8)
      template.allow(
        [first, (first + 3) % 8, banned == first ? (first + 1) % 8 : first], at: position)
    }
    return template
  }

  @Test(arguments: all) func templatesAreKept(predictor: Predictor) throws {
    var random = SplitMix64(83)
    let banned: Int32 = 4
    let templates = (0..<60).map { _ in template(&random, banned: banned) }
    let samples = try samples(predictor, templates) { $0.controls.banned = [banned] }
    #expect(samples.count == templates.count)
    for (sample, template) in zip(samples, templates) {
      #expect(sample.tokens.count == template.length)
      for (position, token) in sample.tokens.enumerated() {
        if let fixed = template.tokens[position] {
          #expect(token == fixed)
        } else {
          #expect(token != banned && token != 8)
          #expect(template.allowed[position]?.contains(token) ?? true)
        }
      }
    }
  }

  @Test(arguments: all, [GenerationOrder.blocks(size: 3, slides: false), .strides(5)])
  func templatesAreKeptInBlocks(predictor: Predictor, order: GenerationOrder) throws {
    let template = SequenceTemplate([.free(4), .fixed([1, 2, 3]), .free(7), .fixed([5])])
    for sample in try samples(predictor, [template, template], { $0.order = order }) {
      #expect(Array(sample.tokens[4..<7]) == [1, 2, 3] && sample.tokens[14] == 5)
      #expect(!sample.tokens.contains(8))
    }
  }

  @Test(arguments: all) func temperatureZeroTakesTheLikeliest(predictor: Predictor) throws {
    var settings = SamplerSettings(predictor: predictor, steps: 9, seed: 84)
    settings.controls.temperature = 0
    _ = try Sampler(DiffusionSettings(maskID: 8), settings).sample(from: network, count: 2) {
      if case .revealed(let reveal) = $0 { #expect(reveal.token == reveal.belief.top[0].token) }
      return .proceed
    }
  }

  @Test(arguments: all) func topKKeepsTheLikeliest(predictor: Predictor) throws {
    var settings = SamplerSettings(predictor: predictor, steps: 9, seed: 85)
    settings.controls.topK = 2
    var seconds = 0
    _ = try Sampler(DiffusionSettings(maskID: 8), settings).sample(from: network, count: 4) {
      if case .revealed(let reveal) = $0 {
        let place = reveal.belief.top.firstIndex { $0.token == reveal.token }
        #expect(place == 0 || place == 1)
        if place == 1 { seconds += 1 }
      }
      return .proceed
    }
    #expect(seconds > 0)
  }

  // MARK: Distributions

  private func controlled(
    _ controls: TokenControls, _ probabilities: [Double], counts: [Int32: Int] = [:]
  ) -> [Double] {
    TokenDistribution(probabilities: probabilities).controlled(by: controls, counts: counts)
      .probabilities
  }

  @Test func topPHasTwoRules() {
    let tokens = [0.1, 0.4, 0.3, 0.2]
    // 0.4 + 0.3 stays below 0.75, and 0.2 crosses it.
    let inclusive = controlled(TokenControls(topP: 0.75), tokens)
    let exclusive = controlled(TokenControls(topP: 0.75, topPRule: .exclusive), tokens)
    #expect(inclusive.map { $0 > 0 } == [false, true, true, true])
    #expect(exclusive.map { $0 > 0 } == [false, true, true, false])
    #expect(abs(exclusive[1] - 4.0 / 7) < 1e-12)
    // The likeliest token is kept whatever p.
    for rule in TokenControls.TopPRule.allCases {
      let one = controlled(TokenControls(topP: 0.01, topPRule: rule), tokens)
      #expect(one == [0, 1, 0, 0])
      #expect(controlled(TokenControls(topP: 1, topPRule: rule), tokens) == tokens)
    }
  }

  @Test func temperatureIsAPower() {
    let cold = controlled(TokenControls(temperature: 0.5), [0.5, 0.3, 0.2])
    for (value, expected) in zip(cold, [0.25, 0.09, 0.04]) {
      #expect(abs(value - expected / 0.38) < 1e-12)
    }
    let warm = controlled(TokenControls(temperature: 1e6), [0.5, 0.5 - 1e-9, 1e-9])
    #expect(warm.allSatisfy { abs($0 - 1.0 / 3) < 1e-4 })
  }

  @Test func repetitionIsDividedForEachTime() {
    let tokens = controlled(
      TokenControls(repetitionPenalty: 2), [0.5, 0.25, 0.25], counts: [0: 2, 1: 1])
    for (value, expected) in zip(tokens, [0.25, 0.25, 0.5]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test func noPenaltyMakesAForbiddenTokenPossible() {
    // The one token that is allowed is there already, two hundred times.
    let tokens = controlled(
      TokenControls(repetitionPenalty: 1000), [0, 0, 1, 0], counts: [2: 200, 3: 1])
    #expect(tokens == [0, 0, 1, 0])
  }

  @Test func controlsFollowEachOther() {
    // Warming to 0.5 makes 16 : 9 : 4; the two likeliest of those are 16 : 9; 0.6 takes the first.
    let controls = TokenControls(temperature: 0.5, topK: 2, topP: 0.6)
    #expect(controlled(controls, [4.0 / 9, 3.0 / 9, 2.0 / 9]) == [1, 0, 0])
  }

  @Test(arguments: [(0, 0), (0.2499, 0), (0.2501, 2), (0.4999, 2), (0.5001, 3), (1 - 0x1p-53, 3)])
  func tokensDivideTheUnitInterval(uniform: Double, token: Int32) {
    let distribution = TokenDistribution(probabilities: [0.25, 0, 0.25, 0.5])
    #expect(distribution.token(at: uniform) == token)
  }

  @Test func likeliestIsTheFirstOfTheLargest() {
    #expect(TokenDistribution(probabilities: [0.1, 0.4, 0.4, 0.1]).likeliest == 1)
  }

  @Test func forbiddenLogitsHaveNoProbability() {
    let logits: [Float] = [1, -.infinity, -2000, 1]
    logits.withUnsafeBufferPointer { logits in
      #expect(TokenDistribution(logits: logits).probabilities == [0.5, 0, 0, 0.5])
      let certainty = Certainty(logits: logits)
      #expect(abs(certainty.largest - 0.5) < 1e-12 && abs(certainty.second - 0.5) < 1e-12)
      #expect(abs(certainty.entropy - 0.6931471805599453) < 1e-9)
    }
  }

  @Test func beliefListsTheFiveLikeliest() {
    let belief = TokenDistribution(probabilities: [0.05, 0.3, 0.05, 0.3, 0.1, 0.2]).belief(in: 4)
    #expect(belief.top.map(\.token) == [1, 3, 5, 4, 0])
    #expect(belief.probability == 0.1)
    #expect(abs(belief.entropy - 1.574103) < 1e-6)
  }
}
