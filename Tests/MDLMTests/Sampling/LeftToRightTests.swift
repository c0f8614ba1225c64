import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sampling from autoregressive models, with kept keys and without.
struct LeftToRightTests {
  private let network = Self.network(vocabularySize: 9, length: 12, seed: 181)
  private let diffusion = DiffusionSettings(maskID: 8, parameterization: .ar)

  private static func network(
    vocabularySize: Int, length: Int, seed: UInt64
  ) -> AutoregressiveTransformer {
    let network = AutoregressiveTransformer(
      NetworkConfiguration(
        vocabularySize: vocabularySize, length: length, hiddenSize: 16, blockCount: 2,
        headCount: 2, backbone: .ar), on: Device(threads: 2))
    network.parameters.randomize(seed: seed)
    return network
  }

  private func settings(
    seed: UInt64 = 1, _ change: (inout SamplerSettings) -> Void = { _ in }
  ) -> SamplerSettings {
    var settings = SamplerSettings(predictor: .ar, seed: seed)
    change(&settings)
    return settings
  }

  // MARK: Kept keys

  /// Prompts of several lengths, one of them empty, beside each other.
  private static let templates = [
    SequenceTemplate(length: 12), SequenceTemplate([.fixed([1, 2, 3]), .free(9)]),
    SequenceTemplate([.fixed([4]), .free(6)]), SequenceTemplate([.fixed([7, 0, 5]), .free(2)]),
    SequenceTemplate([.fixed([6, 6, 1, 0, 3, 2, 5, 1, 0, 0, 4]), .free(1)]),
  ]

  private static let controls: [TokenControls] = [
    TokenControls(), TokenControls(temperature: 0), TokenControls(temperature: 0.5),
    TokenControls(topK: 2), TokenControls(topP: 0.6), TokenControls(repetitionPenalty: 1.5),
    TokenControls(banned: [0, 3]),
    TokenControls(temperature: 1.5, topK: 5, topP: 0.9, repetitionPenalty: 1.2, banned: [2]),
  ]

  @Test(arguments: controls) func keptKeysChangeNoToken(controls: TokenControls) throws {
    for seed in UInt64(1)...6 {
      let samples = try [true, false].map { keeps in
        let settings = settings(seed: seed) {
          $0.keepsKeys = keeps
          $0.controls = controls
        }
        return try Sampler(diffusion, settings, batchSize: 4)
          .sample(from: network, Self.templates)
      }
      #expect(samples[0] == samples[1])
      for (sample, template) in zip(samples[0], Self.templates) {
        for position in template.freePositions {
          let token = sample.tokens[position]
          #expect(token != 8 && !controls.banned.contains(token))
        }
        let start = template.tokens.prefix { $0 != nil }
        #expect(Array(sample.tokens.prefix(start.count)) == start.compactMap(\.self))
      }
    }
  }

  /// With temperature 0 every token is the likeliest, given those before it, of the whole row.
  @Test func likeliestTokensAreThoseOfOnePass() throws {
    let settings = settings { $0.controls.temperature = 0 }
    for sample in try Sampler(diffusion, settings).sample(from: network, Self.templates) {
      let logits = logits(of: sample.tokens, network)
      let prompt = Self.templates[sample.index].tokens.prefix { $0 != nil }.count
      for position in max(1, prompt)..<sample.tokens.count {
        let row = logits[position - 1].dropLast()
        #expect(row.indices.max { row[$0] < row[$1] } == Int(sample.tokens[position]))
      }
    }
  }

  /// The scores behind every token of a row, from one pass without a cache.
  private func logits(of tokens: [Int32], _ network: some Network) -> [[Float]] {
    let features = network.features(
      tokens, length: tokens.count, noiseLevels: [0], .inference)
    let values = network.head(features, rows: tokens.indices.map(Int32.init), .inference)
      .logits().values
    let width = network.vocabularySize
    return tokens.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  @Test func laterTokensDoNotMatter() {
    let (row, other): ([Int32], [Int32]) = ([1, 2, 3, 4, 5, 6], [1, 2, 3, 0, 7, 7])
    let (first, second) = (logits(of: row, network), logits(of: other, network))
    for position in 0..<3 {
      #expect(relativeDeviation(first[position], second[position].map(Double.init)) < 1e-6)
    }
    for position in 3..<6 {
      #expect(relativeDeviation(first[position], second[position].map(Double.init)) > 1e-3)
    }
  }

  // MARK: Distribution

  /// p(x) of three tokens in four places given the first, by the chain rule: 200,000 samples in
  /// optimized builds, with an error rate of 1 in 10,000.
  @Test(arguments: [true, false]) func samplesFollowTheChainRule(keepsKeys: Bool) throws {
    let small = Self.network(vocabularySize: 4, length: 4, seed: 182)
    var expected: [[Int32]: Double] = [:]
    for number in 0..<27 {
      let row = [1] + [number / 9, number / 3 % 3, number % 3].map(Int32.init)
      let logits = logits(of: row, small)
      let substitution = SubstitutionParameterization(maskID: 3)
      expected[row] = (1..<4).reduce(1) { product, position in
        product
          * substitution.probabilities(logits: logits[position - 1])[Int(row[position])]
      }
    }
    #expect(abs(expected.values.reduce(0, +) - 1) < 1e-9)
    let template = SequenceTemplate([.fixed([1]), .free(3)])
    let samples = try Sampler(
      DiffusionSettings(maskID: 3, parameterization: .ar),
      settings(seed: 183) { $0.keepsKeys = keepsKeys }, batchSize: 500
    ).sample(
      from: small,
      [SequenceTemplate](repeating: template, count: isOptimizedBuild ? 200_000 : 4000))
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  // MARK: Beginning

  @Test func sequencesBeginWithTheirToken() throws {
    let settings = settings { $0.beginID = 5 }
    let samples = try Sampler(diffusion, settings).sample(from: network, count: 20)
    #expect(samples.allSatisfy { $0.tokens[0] == 5 && $0.networkCalls == 11 })
    #expect(Set(samples.map(\.tokens)).count == 20)
    // A prompt stays what it is.
    let prompted = try Sampler(diffusion, settings).sample(from: network, [Self.templates[1]])
    #expect(prompted[0].tokens.prefix(3) == [1, 2, 3] && prompted[0].networkCalls == 9)
  }

  /// All that may be drawn, with the same probability: 6000 samples, an error rate of 1 in 10,000.
  @Test(arguments: [nil, [1, 2, 6]] as [Set<Int32>?])
  func sequencesWithoutBeginningBeginWithAny(allowed: Set<Int32>?) throws {
    let settings = settings(seed: 184) {
      $0.controls.banned = [2, 4]
      // Not among the allowed ones, where these are few.
      if allowed != nil { $0.beginID = 5 }
    }
    var template = SequenceTemplate(length: 1)
    if let allowed { template.allow(allowed, at: 0) }
    let samples = try Sampler(diffusion, settings, batchSize: 500).sample(
      from: network, [SequenceTemplate](repeating: template, count: 6000))
    #expect(samples.allSatisfy { $0.networkCalls == 0 })
    let tokens = (allowed ?? [0, 1, 2, 3, 4, 5, 6, 7]).subtracting([2, 4]).sorted()
    let expected = Dictionary(
      uniqueKeysWithValues: tokens.map { ([$0], 1 / Double(tokens.count)) })
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  // MARK: End

  /// Whether the beginning is also the end, as in GPT-2's rows, or another token.
  @Test(arguments: [Int32(5), 2], [StopRule.firstEnd, .secondEnd])
  func samplesStopBehindAnEnd(begin: Int32, rule: StopRule) throws {
    let settings = settings(seed: 185) {
      $0.beginID = begin
      $0.endID = 2
    }
    let whole = try Sampler(diffusion, settings).sample(from: network, count: 40)
    var stopping = settings
    stopping.stopRule = rule
    let stopped = try Sampler(diffusion, stopping).sample(from: network, count: 40)
    var lengths: Set<Int> = []
    for (sample, full) in zip(stopped, whole) {
      let ends = full.tokens.indices.filter { $0 > 0 && full.tokens[$0] == 2 }
      // The opening one is the first of two.
      let end = rule == .firstEnd || begin == 2 ? ends.first : ends.dropFirst().first
      #expect(sample.tokens == end.map { Array(full.tokens[...$0]) } ?? full.tokens)
      // Nothing is drawn behind the end.
      #expect(sample.networkCalls == sample.tokens.count - 1)
      lengths.insert(sample.tokens.count)
    }
    #expect(lengths.count > 2)
  }

  // MARK: Refusals

  private func refusal(
    _ template: SequenceTemplate = SequenceTemplate(length: 12),
    _ change: (inout SamplerSettings) -> Void = { _ in }
  ) -> String {
    let sampler = Sampler(diffusion, settings(seed: 1, change))
    return sentence { _ = try sampler.sample(from: network, [template]) }
  }

  @Test func fixedTokensBehindFreeOnesAreRefused() {
    let text = refusal(SequenceTemplate([.fixed([1]), .free(2), .fixed([4, 5]), .free(1)]))
    #expect(
      text.contains("found a fixed token at position 4 behind a free one, expected a prompt"),
      "\(text)")
    #expect(refusal(SequenceTemplate([.fixed([1]), .free(2)])) == "no error")
  }

  @Test(arguments: [GenerationOrder.blocks(size: 3, slides: false), .strides(4)])
  func blocksAreRefused(order: GenerationOrder) {
    let text = refusal { $0.order = order }
    #expect(text.contains("order: found blocks with an autoregressive model"), "\(text)")
  }

  @Test func sequencesEndAtTheLengthOfTheModel() {
    #expect(refusal(SequenceTemplate(length: 13)).contains("found 13 tokens, expected at most 12"))
  }
}
