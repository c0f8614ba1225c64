import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Predictors that mask tokens again.
struct RemaskingPredictorTests {
  private static let predictors = Predictor.allCases.filter(\.remasks)
  private let schedule = LogLinearSchedule()

  private func settings(_ predictor: Predictor, steps: Int, eta: Double? = nil) -> SamplerSettings {
    var settings = SamplerSettings(predictor: predictor, steps: steps, seed: 71)
    settings.remaskingStrength = eta
    return settings
  }

  // MARK: Distribution

  /// σ of a step from the masked share `m` to `n`, as the paper defines it; nil for tokens whose σ
  /// depends on how sure the model was.
  private func sigma(
    _ predictor: Predictor, _ m: Double, _ n: Double, time: Double, eta: Double
  ) -> Double {
    let greatest = min(1, n / (1 - m))
    return switch predictor {
    case .remdmCap: min(eta, greatest)
    case .remdmRescale: eta * greatest
    case .remdmLoop: time <= 0.55 && time > 0.05 ? min(eta, greatest) : 0
    default: min((m - n) / (1 - m), greatest)
    }
  }

  /// Three tokens and the mask in three positions, few steps and much remasking, against the paper's
  /// transitions, with an error rate of 1 in 10,000 each.
  @Test(
    .releaseOnly,
    arguments: [
      (Predictor.remdmCap, 3), (.remdmCap, 8), (.remdmRescale, 4), (.remdmLoop, 8),
      (.forwardBackward, 4),
    ])
  func samplesFollowTheTransitions(predictor: Predictor, steps: Int) throws {
    let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 73)
    let eta = 0.3
    func share(_ step: Int) -> Double {
      let time = 1 - (1 - 1e-5) * Double(step) / Double(steps)
      guard predictor == .remdmLoop else { return schedule.maskProbability(at: time) }
      return time > 0.55 ? 1 - (1 - time) * 0.9 / 0.45 : time > 0.05 ? 0.1 : time * 0.1 / 0.05
    }
    let exact = ExactSampling(denoiser: denoiser, start: [3, 3, 3])
    let expected = exact.distribution(steps: steps + 1, likeliest: { $0 == steps }) {
      step, sequence in
      guard step < steps else { return exact.independent(sequence, reveal: 1) }
      let (m, n) = (share(step), share(step + 1))
      let time = 1 - (1 - 1e-5) * Double(step) / Double(steps)
      let sigma = sigma(predictor, m, n, time: time, eta: eta)
      // (α(s) − (1 − σ) α(t)) / (1 − α(t))
      let reveal = ((1 - n) - (1 - sigma) * (1 - m)) / m
      return exact.independent(sequence, reveal: reveal) { _ in sigma }
    }
    let samples = try Sampler(
      DiffusionSettings(maskID: 3), settings(predictor, steps: steps, eta: eta), batchSize: 2000
    ).sample(from: denoiser, count: 200_000)
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  /// `dfm` with its own steps: rates a / m and b / (1 − m) over the time that its bound allows.
  @Test(.releaseOnly) func discreteFlowFollowsItsRates() throws {
    let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 74)
    let (first, last) = (0.999, 0.999 * 1e-5)
    var moves: [(reveal: Double, remask: Double)] = []
    var m = first
    while m > last {
      let b = moves.isEmpty ? 0 : 10 * pow(m * (1 - m), 0.25)
      let dt = min((first - last) / 4, 1 / ((1 + b) / m + b / (1 - m)), m - last)
      moves.append(((1 + b) * dt / m, b * dt / (1 - m)))
      m -= dt
      if m - last < 1e-12 { break }
    }
    let exact = ExactSampling(denoiser: denoiser, start: [3, 3, 3])
    let expected = exact.distribution(
      steps: moves.count + 1, likeliest: { $0 == moves.count }
    ) { step, sequence in
      guard step < moves.count else { return exact.independent(sequence, reveal: 1) }
      return exact.independent(sequence, reveal: moves[step].reveal) { _ in moves[step].remask }
    }
    let samples = try Sampler(
      DiffusionSettings(maskID: 3), settings(.dfm, steps: 4), batchSize: 2000
    ).sample(from: denoiser, count: 200_000)
    let test = ChiSquare(samples, against: expected)
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  // MARK: Marginals

  /// A network that knows the right token of every position, and never errs.
  private struct KnowingDenoiser: Denoiser {
    let vocabularySize = 3
    let length: Int
    let conditionsOnTime = false
    let device = Device(threads: 1)

    func features(
      _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
    ) -> Features {
      Features(
        rows: Tensor(repeating: 0, shape: [tokens.count, 1], on: device),
        conditioning: Tensor(repeating: 0, shape: [1, 1], on: device),
        selection: RowSelection(allOf: tokens.count / length, length: length), length: length)
    }

    func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
      OutputHead(
        input: Tensor(repeating: 1, shape: [rows.count, 1], on: device),
        weight: Tensor([-50, 0, 50], shape: [3, 1], on: device),
        bias: Tensor(repeating: 0, shape: [3], on: device))
    }
  }

  /// The shares of masks at the beginnings of steps, over many positions.
  private func masked(_ predictor: Predictor, steps: Int, positions: Int) throws -> [Int: Double] {
    var (left, shares): (Int, [Int: Double]) = (positions, [0: 1])
    let samples = try Sampler(DiffusionSettings(maskID: 2), settings(predictor, steps: steps))
      .sample(from: KnowingDenoiser(length: positions), count: 1) { event in
        switch event {
        case .revealed(let reveal):
          left -= 1
          shares[reveal.step + 1] = Double(left) / Double(positions)
        case .remasked(let remask):
          left += 1
          shares[remask.step + 1] = Double(left) / Double(positions)
        default: break
        }
        return .proceed
      }
    #expect(samples.first?.tokens == [Int32](repeating: 1, count: positions))
    return shares
  }

  /// Whatever σ, the masked share follows the schedule of the forward process.
  ///
  /// With 20,000 positions
  /// a share has a standard error of at most 0.0036; five of them, and the 0.001 that the schedule
  /// leaves unmasked at its end, are allowed.
  @Test(
    .releaseOnly,
    arguments: [Predictor.remdmCap, .remdmRescale, .forwardBackward, .dfm, .remdmLoop])
  func maskedShareFollowsTheForwardProcess(predictor: Predictor) throws {
    let settings = settings(predictor, steps: 40)
    let jumps = settings.jumps(schedule)
    let shares = try masked(predictor, steps: 40, positions: 20_000)
    for (step, jump) in jumps.enumerated() {
      guard let share = shares[step + 1] else { continue }
      #expect(abs(share - jump.endMaskProbability) < 0.019, "after step \(step)")
    }
    #expect(shares.count > 30)
    // The jumps themselves end where the forward process is at their time.
    for jump in jumps where predictor != .remdmLoop {
      #expect(abs(jump.endMaskProbability - schedule.maskProbability(at: jump.end)) < 1e-9)
    }
  }

  /// `remdm_conf` divides σ over the tokens by softmax(−p); five standard errors of 40,000 draws.
  @Test func leastSureTokensAreMaskedAgainFirst() {
    let jump = Jump(
      time: 0.5, end: 0.4, maskProbability: 0.5, endMaskProbability: 0.4, reveal: 0,
      remask: .leastSure(0.8))
    let state = BlockState(masked: [1], revealed: [0: 0.9, 2: 0.1, 3: 0.5], maskedShare: 0.25)
    let count = 40_000
    var remasked = [0, 0, 0, 0]
    for sample in 0..<count {
      let draws = SampleDraws(seed: 97, sample: sample)
      let block = BlockStart(
        positions: [0, 1, 2, 3], draws: draws, schedule: schedule, conditionsOnTime: false,
        publishedUniforms: PublishedUniforms(maskID: 2, vocabularySize: 3, draws),
        vocabularySize: 3)
      var rule = RemaskingPredictor(block, [jump], removesNoise: false)
      for position in rule.nextStep(state)?.remasked ?? [] { remasked[position] += 1 }
    }
    let weights = [exp(-0.9), 0, exp(-0.1), exp(-0.5)]
    let sum = weights.reduce(0, +)
    for (times, weight) in zip(remasked, weights) {
      let expected = 0.8 * weight / sum
      let error = (expected * (1 - expected) / Double(count)).squareRoot()
      #expect(abs(Double(times) / Double(count) - expected) <= 5 * error)
    }
  }

  // MARK: Probabilities

  @Test(arguments: predictors, [1, 2, 10, 1000])
  func probabilitiesAreProbabilities(predictor: Predictor, steps: Int) {
    let jumps = settings(predictor, steps: steps).jumps(schedule)
    #expect(jumps.count >= steps)
    for jump in jumps {
      #expect((0...1).contains(jump.reveal))
      switch jump.remask {
      case .never: break
      case .each(let probability), .leastSure(let probability):
        #expect((0...1).contains(probability))
      }
    }
    for (jump, next) in zip(jumps, jumps.dropFirst()) { #expect(jump.time > next.time) }
    #expect((jumps.last?.end ?? 1) < 1.001e-5)
  }

  /// One step: a mask's way through it adds up to the share that the schedule wants.
  @Test(arguments: predictors.filter { $0 != .remdmConf })
  func revealsMakeUpForRemasks(predictor: Predictor) {
    for jump in settings(predictor, steps: 100).jumps(schedule) {
      guard jump.reveal < 1 else { continue }
      let sigma = if case .each(let probability) = jump.remask { probability } else { 0.0 }
      let after = jump.maskProbability * (1 - jump.reveal) + (1 - jump.maskProbability) * sigma
      // `dfm` masks nothing in its first step; all others from the first on.
      #expect(abs(after - jump.endMaskProbability) < 1e-9)
    }
  }
}
