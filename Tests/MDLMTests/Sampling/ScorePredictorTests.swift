import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The samplers of SEDD, and D3PM's, against enumerations.
///
/// Three tokens and the mask, three positions, and an error rate of 1 in 10,000 for each case; optimized
/// builds draw 50,000 samples.
struct ScorePredictorTests {
  private static let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 171)
  private static let timed = TableDenoiser(
    vocabularySize: 4, length: 3, seed: 172, conditionsOnTime: true)
  private static let count = isOptimizedBuild ? 50_000 : 2000
  private static let start: [Int32] = [3, 3, 3]

  private func diffusion(
    _ parameterization: Parameterization, _ noise: NoiseScheduleName = .loglinear
  ) -> DiffusionSettings {
    DiffusionSettings(
      maskID: 3, parameterization: parameterization, noise: NoiseSettings(type: noise))
  }

  private func samples(
    _ diffusion: DiffusionSettings, _ settings: SamplerSettings, _ denoiser: some Denoiser,
    count: Int = count
  ) throws -> [Sample] {
    try Sampler(diffusion, settings, batchSize: 2000).sample(from: denoiser, count: count)
  }

  private func expect(_ samples: [Sample], follow expected: [[Int32]: Double]) {
    #expect(abs(expected.values.reduce(0, +) - 1) < 1e-9)
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  private func time(_ step: Int, of steps: Int) -> Double {
    1 - (1 - 1e-5) * Double(step) / Double(steps)
  }

  /// σ(t) and σ′(t) as the official code defines them.
  private func noise(_ name: NoiseScheduleName, at t: Double) -> (sigma: Double, rate: Double) {
    switch name {
    case .cosine:
      let survival = 1e-3 + 0.999 * cos(.pi / 2 * t)
      return (-log(survival), 0.999 * .pi / 2 * sin(.pi / 2 * t) / survival)
    case .geometric:
      let sigma = pow(1e-3, 1 - t)
      return (sigma, sigma * log(1e3))
    default: return (-log1p(-0.999 * t), 0.999 / (1 - 0.999 * t))
    }
  }

  // MARK: SEDD

  /// What multiplies the sum of scores in a step, and the one of scores e^z / ((e^σ − 1) n).
  private func rate(
    _ predictor: Predictor, _ name: NoiseScheduleName, step: Int, of steps: Int
  ) -> Double {
    let (now, next) = (time(step, of: steps), time(step + 1, of: steps))
    let (sigma, rate) = noise(name, at: now)
    let factor =
      predictor == .euler
      ? (now - next) * rate : exp(sigma - noise(name, at: next).sigma) - 1
    return factor / ((exp(sigma) - 1) * 3)
  }

  private func scoreSampling(
    _ predictor: Predictor, _ name: NoiseScheduleName, steps: Int, _ denoiser: TableDenoiser,
    removesNoise: Bool = true
  ) -> [[Int32]: Double] {
    let exact = ExactSampling(denoiser: denoiser, start: Self.start)
    let level = { (step: Int) in noise(name, at: time(step, of: steps)).sigma }
    return exact.distribution(steps: removesNoise ? steps + 1 : steps, noiseLevel: level) {
      step, sequence in
      exact.revealing(sequence) { position in
        if step == steps { return 1 }
        let weights = denoiser.weights(sequence, position: position, noiseLevel: level(step))
        return min(1, rate(predictor, name, step: step, of: steps) * weights.tokens)
      }
    }
  }

  @Test(
    arguments: [
      (Predictor.analytic, NoiseScheduleName.loglinear, 1), (.analytic, .loglinear, 4),
      (.analytic, .cosine, 3), (.analytic, .geometric, 2), (.euler, .loglinear, 3),
      (.euler, .cosine, 2), (.euler, .cosine, 4), (.euler, .geometric, 3),
    ], [false, true])
  func scoresAreFollowed(
    _ sampling: (predictor: Predictor, noise: NoiseScheduleName, steps: Int), isTimed: Bool
  ) throws {
    let denoiser = isTimed ? Self.timed : Self.denoiser
    let drawn = try samples(
      diffusion(.sedd, sampling.noise),
      SamplerSettings(predictor: sampling.predictor, steps: sampling.steps, seed: 173), denoiser)
    #expect(drawn.allSatisfy { $0.networkCalls <= sampling.steps + 1 })
    expect(
      drawn,
      follow: scoreSampling(
        sampling.predictor, sampling.noise, steps: sampling.steps, denoiser))
  }

  @Test(arguments: [Predictor.analytic, .euler])
  func masksAreLeftWhereTheyMay(predictor: Predictor) throws {
    var settings = SamplerSettings(predictor: predictor, steps: 2, seed: 174)
    settings.removesNoise = false
    let expected = scoreSampling(
      predictor, .loglinear, steps: 2, Self.denoiser, removesNoise: false)
    let left = expected.reduce(0) { $0 + ($1.key.contains(3) ? $1.value : 0) }
    #expect(left > 0.02)
    let drawn = try samples(diffusion(.sedd), settings, Self.denoiser)
    #expect(drawn.allSatisfy { $0.networkCalls <= 2 })
    expect(drawn, follow: expected)
  }

  /// Otherwise the tests above could not tell one from another, or would not see probabilities above 1.
  @Test func samplersDiffer() {
    let (analytic, euler) = (
      scoreSampling(.analytic, .cosine, steps: 3, Self.denoiser),
      scoreSampling(.euler, .cosine, steps: 3, Self.denoiser)
    )
    #expect(analytic.reduce(0) { $0 + abs($1.value - euler[$1.key, default: 0]) } > 0.02)
    let contexts: [[Int32]] = [
      Self.start, [3, 0, 0], [3, 1, 2], [3, 2, 1], [3, 0, 2], [3, 2, 0],
    ]
    let reveals = contexts.map {
      Self.denoiser.weights($0, position: 0).tokens
        * rate(.analytic, .loglinear, step: 3, of: 4)
    }
    #expect(reveals.contains { $0 > 1 } && reveals.contains { $0 < 1 })
  }

  /// A network whose scores are all next to nothing, or all far too large.
  private func flat(_ logit: Float) -> FunctionDenoiser {
    FunctionDenoiser(vocabularySize: 4, length: 3) { _, _, _ in [logit, logit, logit, 0] }
  }

  @Test(arguments: [Predictor.analytic, .euler])
  func stepsMayRevealNothing(predictor: Predictor) throws {
    var settings = SamplerSettings(predictor: predictor, steps: 3, seed: 175)
    let drawn = try samples(diffusion(.sedd), settings, flat(-50), count: 50)
    #expect(drawn.allSatisfy { $0.networkCalls == 4 && !$0.tokens.contains(3) })
    // What is left is drawn, and not the likeliest.
    #expect(Set(drawn.flatMap(\.tokens)) == [0, 1, 2])
    settings.removesNoise = false
    let left = try samples(diffusion(.sedd), settings, flat(-50), count: 5)
    #expect(left.allSatisfy { $0.networkCalls == 3 && $0.tokens == [3, 3, 3] })
  }

  @Test(arguments: [Predictor.analytic, .euler])
  func probabilitiesAboveOneAreOne(predictor: Predictor) throws {
    let drawn = try samples(
      diffusion(.sedd), SamplerSettings(predictor: predictor, steps: 3, seed: 176), flat(50),
      count: 50)
    #expect(drawn.allSatisfy { $0.networkCalls == 1 && !$0.tokens.contains(3) })
  }

  /// Where r · Σ s is 1, a mask is revealed with (m(t) − m(s)) / m(t).
  @Test(arguments: NoiseScheduleName.allCases)
  func trueScoreMakesAncestralSampling(name: NoiseScheduleName) {
    let schedule = name.schedule
    let scores = ConcreteScore(vocabularySize: 51)
    for step in 0..<7 {
      let (t, s) = (time(step, of: 7), time(step + 1, of: 7))
      let total = scores.total(logSum: log(50), totalNoise: schedule.totalNoise(at: t))
      let reveal = ScorePredictor.factor(.analytic, schedule, from: t, to: s) * total
      let (masked, next) = (schedule.maskProbability(at: t), schedule.maskProbability(at: s))
      #expect(abs(reveal - (masked - next) / masked) < 1e-9)
    }
  }

  // MARK: D3PM

  /// The posterior of the network's p: m(s)/m(t) + (1 − m(s)/m(t)) p(mask) for the mask, and
  /// (1 − m(s)/m(t)) p(y) for token y.
  private func discreteSampling(
    steps: Int, _ denoiser: TableDenoiser, excludesMask: Bool
  ) -> [[Int32]: Double] {
    let exact = ExactSampling(denoiser: denoiser, start: Self.start)
    func share(_ step: Int) -> Double { 0.999 * time(step, of: steps) }
    let level = { (step: Int) in noise(.loglinear, at: time(step, of: steps)).sigma }
    return exact.distribution(
      steps: steps + 1, noiseLevel: level, likeliest: { $0 == steps }
    ) { step, sequence in
      exact.revealing(sequence) { position in
        if step == steps { return 1 }
        let weights = denoiser.weights(sequence, position: position, noiseLevel: level(step))
        let known = excludesMask ? 1 : weights.tokens / (weights.tokens + weights.mask)
        return known * (1 - share(step + 1) / share(step))
      }
    }
  }

  @Test(arguments: [1, 2, 4], [(false, false), (false, true), (true, false)])
  func maskMayBeDrawn(steps: Int, _ variant: (excludesMask: Bool, isTimed: Bool)) throws {
    let denoiser = variant.isTimed ? Self.timed : Self.denoiser
    var diffusion = diffusion(.d3pm)
    diffusion.excludesMask = variant.excludesMask
    let settings = SamplerSettings(predictor: .ddpm, steps: steps, seed: 177)
    let drawn = try samples(diffusion, settings, denoiser)
    #expect(drawn.allSatisfy { !$0.tokens.contains(3) })
    expect(
      drawn,
      follow: discreteSampling(steps: steps, denoiser, excludesMask: variant.excludesMask))
  }

  @Test func maskOfD3PMMostlyStays() throws {
    var settings = SamplerSettings(predictor: .ddpm, steps: 4, seed: 178)
    settings.removesNoise = false
    var reveals = [0, 0, 0, 0]
    _ = try Sampler(diffusion(.d3pm), settings, batchSize: 500)
      .sample(from: Self.denoiser, count: 500) { event in
        if case .revealed(let reveal) = event { reveals[reveal.step] += 1 }
        return .proceed
      }
    // 375 of 1500 masks in each step, were their p(mask) 0.
    #expect(reveals.allSatisfy { $0 < 150 })
  }

  @Test(arguments: [false, true]) func cachedD3PMIsTheSame(excludesMask: Bool) throws {
    var diffusion = diffusion(.d3pm)
    diffusion.excludesMask = excludesMask
    let drawn = try [Predictor.ddpm, .ddpmCache].map { predictor in
      try samples(
        diffusion, SamplerSettings(predictor: predictor, steps: 5, seed: 179), Self.denoiser,
        count: 200)
    }
    #expect(drawn[0] == drawn[1])
  }
}
