import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Every predictor against the distribution that its definition implies, by enumeration: four tokens
/// and the mask, three positions, 200,000 samples and an error rate of 1 in 10,000 for each case.
struct ExactPredictorTests {
  private static let denoiser = TableDenoiser(vocabularySize: 5, length: 3, seed: 75)
  private static let timed = TableDenoiser(
    vocabularySize: 4, length: 3, seed: 59, conditionsOnTime: true)
  private static let count = 200_000
  private let schedule = LogLinearSchedule()

  private func samples(
    _ settings: SamplerSettings, _ denoiser: TableDenoiser = denoiser, start: [Int32]? = nil
  ) throws -> [Sample] {
    let start = start ?? [Int32](repeating: denoiser.maskID, count: denoiser.length)
    let template = SequenceTemplate(
      start.map { $0 == denoiser.maskID ? .free(1) : .fixed([$0]) })
    let sampler = Sampler(
      DiffusionSettings(maskID: denoiser.maskID), settings, batchSize: 2000)
    return try sampler.sample(
      from: denoiser, [SequenceTemplate](repeating: template, count: Self.count))
  }

  private func expect(_ samples: [Sample], follow expected: [[Int32]: Double]) {
    #expect(abs(expected.values.reduce(0, +) - 1) < 1e-9)
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  private func exact(
    _ denoiser: TableDenoiser = denoiser, start: [Int32]? = nil
  ) -> ExactSampling {
    ExactSampling(
      denoiser: denoiser,
      start: start ?? [Int32](repeating: denoiser.maskID, count: denoiser.length))
  }

  /// Masked shares at the ends of the steps of a grid to 1e-5.
  private func shares(_ spacing: TimeGrid.Spacing, steps: Int) -> [Double] {
    (0...steps).map { step in
      let u = Double(step) / Double(steps)
      let end = 1e-5
      let time =
        spacing == .linear ? 1 - (1 - end) * u : end + (1 - end) * max(0, cos(.pi / 2 * u))
      return schedule.maskProbability(at: time)
    }
  }

  /// Ancestral sampling as the paper writes it: a mask at t stays one with probability m(s)/m(t).
  private func ancestral(
    _ exact: ExactSampling, _ spacing: TimeGrid.Spacing, steps: Int, drawsLast: Bool = false,
    isTimed: Bool = false
  ) -> [[Int32]: Double] {
    let shares = shares(spacing, steps: steps)
    return exact.distribution(
      steps: steps + 1, noiseLevel: { isTimed ? min(-log1p(-shares[$0]), -log(1e-3)) : 0 },
      likeliest: { $0 == steps && !drawsLast }
    ) { step, sequence in
      let reveal = step == steps ? 1 : (shares[step] - shares[step + 1]) / shares[step]
      return exact.independent(sequence, reveal: reveal)
    }
  }

  @Test(
    .releaseOnly,
    arguments: [
      (Predictor.ddpm, 2), (.ddpmCache, 1), (.ddpmCache, 2), (.ddpmCache, 5), (.ddpmCache, 50),
      (.analytic, 1), (.analytic, 5),
    ])
  func ancestralSampling(predictor: Predictor, steps: Int) throws {
    let settings = SamplerSettings(predictor: predictor, steps: steps, seed: 61)
    expect(
      try samples(settings),
      follow: ancestral(exact(), .linear, steps: steps, drawsLast: predictor == .analytic))
  }

  @Test(.releaseOnly, arguments: [3]) func ancestralSamplingOnTheCosineGrid(steps: Int) throws {
    var settings = SamplerSettings(steps: steps, seed: 62)
    settings.spacing = .cosine
    expect(try samples(settings), follow: ancestral(exact(), .cosine, steps: steps))
  }

  @Test(.releaseOnly, arguments: [3]) func ancestralSamplingToldTheTime(steps: Int) throws {
    expect(
      try samples(SamplerSettings(steps: steps, seed: 63), Self.timed),
      follow: ancestral(exact(Self.timed), .linear, steps: steps, isTimed: true))
  }

  @Test(.releaseOnly) func firstHittingDrawsOneTokenAtATimeInRandomOrder() throws {
    let exact = exact()
    expect(
      try samples(SamplerSettings(predictor: .firstHitting, seed: 64)),
      follow: exact.distribution(steps: 3) { _, sequence in exact.uniform(sequence, count: 1) })
  }

  @Test func ancestralSamplingInManyStepsIsFirstHitting() throws {
    // Sample by sample: the same numbers decide when positions are revealed and what they become.
    let sampler = { (predictor: Predictor, steps: Int) in
      Sampler(
        DiffusionSettings(maskID: Self.denoiser.maskID),
        SamplerSettings(predictor: predictor, steps: steps, seed: 65), batchSize: 100)
    }
    let hitting = try sampler(.firstHitting, 1).sample(from: Self.denoiser, count: 300)
    let many = try sampler(.ddpmCache, 1_000_000).sample(from: Self.denoiser, count: 300)
    let few = try sampler(.ddpmCache, 2).sample(from: Self.denoiser, count: 300)
    #expect(hitting.map(\.tokens) == many.map(\.tokens))
    #expect(hitting.map(\.tokens) != few.map(\.tokens))
    #expect(hitting.allSatisfy { $0.networkCalls == 3 })
  }

  @Test(.releaseOnly, arguments: [1, 2, 3]) func randomOrderInFixedCounts(steps: Int) throws {
    let exact = exact()
    let counts = [1: [3], 2: [1, 2], 3: [1, 1, 1]][steps] ?? []
    let drawn = try samples(SamplerSettings(predictor: .tau, steps: steps, seed: 66))
    #expect(drawn.allSatisfy { $0.networkCalls == counts.count })
    expect(
      drawn,
      follow: exact.distribution(steps: counts.count) { exact.uniform($1, count: counts[$0]) })
  }

  // MARK: Orders

  /// Certainty of a position, as each order defines it.
  private func certainty(_ predictor: Predictor, _ tokens: [Double]) -> Double {
    let sorted = tokens.sorted(by: >)
    return switch predictor {
    case .margin: sorted[0] - sorted[1]
    case .entropy: tokens.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
    default: log(sorted[0])
    }
  }

  /// One token a step: the surest position, or one drawn from the softmax of certainty / noise.
  private func ordered(
    _ exact: ExactSampling, by predictor: Predictor, temperature: Double
  ) -> [[Int32]: Double] {
    exact.distribution(steps: 3) { step, sequence in
      let masks = exact.masks(sequence)
      let keys = masks.map {
        certainty(predictor, exact.denoiser.probabilities(sequence, position: $0))
      }
      let noise = temperature * Double(masks.count) / 3
      let largest = keys.reduce(-.infinity, max)
      let weights = keys.map {
        noise > 0 ? exp(($0 - largest) / noise) : $0 == largest ? 1 : 0
      }
      let sum = weights.reduce(0, +)
      return zip(masks, weights).map {
        ExactSampling.Move(revealed: [$0], probability: $1 / sum)
      }
    }
  }

  @Test(
    .releaseOnly,
    arguments: [
      (Predictor.confidence, 0), (.margin, 0), (.entropy, 0), (.confidence, 0.7), (.margin, 0.7),
    ])
  func surestFirst(predictor: Predictor, temperature: Double) throws {
    var settings = SamplerSettings(predictor: predictor, steps: 3, seed: 67)
    settings.orderTemperature = temperature
    expect(
      try samples(settings), follow: ordered(exact(), by: predictor, temperature: temperature))
  }

  @Test func ordersDiffer() {
    // Otherwise the tests above could not tell one from another.
    let all =
      [Predictor.confidence, .margin, .entropy].map {
        ordered(exact(), by: $0, temperature: 0)
      } + [ordered(exact(), by: .confidence, temperature: 0.7)]
    for (index, one) in all.enumerated() {
      for other in all[..<index] {
        #expect(one.reduce(0) { $0 + abs($1.value - other[$1.key, default: 0]) } > 0.02)
      }
    }
  }

  @Test(.releaseOnly, arguments: [0.3, 0.45]) func threshold(threshold: Double) throws {
    var settings = SamplerSettings(predictor: .threshold, steps: 128, seed: 68)
    settings.confidenceThreshold = threshold
    let exact = exact()
    expect(
      try samples(settings),
      follow: exact.distribution(steps: 3) { step, sequence in
        let masks = exact.masks(sequence)
        let largest = masks.map {
          exact.denoiser.probabilities(sequence, position: $0).reduce(0, max)
        }
        let limit = min(threshold, largest.reduce(0, max))
        return [
          ExactSampling.Move(
            revealed: zip(masks, largest).filter { $1 >= limit }.map(\.0), probability: 1)
        ]
      })
  }

  @Test(.releaseOnly, arguments: [0, 1.05]) func entropyBound(bound: Double) throws {
    var settings = SamplerSettings(predictor: .entropyBound, steps: 128, seed: 69)
    settings.entropyBound = bound
    let exact = exact()
    expect(
      try samples(settings),
      follow: exact.distribution(steps: 3) { step, sequence in
        let entropies = exact.masks(sequence).map { position in
          (
            position,
            -certainty(
              .entropy, exact.denoiser.probabilities(sequence, position: position))
          )
        }.sorted { $0.1 < $1.1 }
        // The sum less the largest, for each number of positions.
        let count = entropies.indices.last { last in
          entropies[...last].reduce(0) { $0 + $1.1 } - entropies[last].1 <= bound
        }
        return [
          ExactSampling.Move(
            revealed: entropies.prefix((count ?? 0) + 1).map(\.0).sorted(), probability: 1)
        ]
      })
  }

  // MARK: Infilling

  @Test(.releaseOnly) func infillingInRandomOrderIsTheConditionalOfRandomOrders() throws {
    // The middle is fixed: what the network says of the rest, given it, in either order.
    let start: [Int32] = [4, 2, 4]
    let exact = exact(start: start)
    let expected = exact.distribution(steps: 2) { _, sequence in
      exact.uniform(sequence, count: 1)
    }
    for predictor in [Predictor.firstHitting, .tau] {
      let drawn = try samples(
        SamplerSettings(predictor: predictor, steps: 2, seed: 70), start: start)
      #expect(drawn.allSatisfy { $0.tokens[1] == 2 && $0.networkCalls == 2 })
      expect(drawn, follow: expected)
    }
  }
}
