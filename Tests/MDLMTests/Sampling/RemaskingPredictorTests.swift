import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Predictors that mask tokens again.
@Suite(.serialized) struct RemaskingPredictorTests {
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

  /// Four tokens with the mask in three positions, few steps and much remasking: the distribution of
  /// the samples is that of the paper's transitions. Error rate 1 in 10,000 each.
  @Test(
    .releaseOnly, arguments: [Predictor.remdmCap, .remdmRescale, .remdmLoop, .forwardBackward],
    [3, 8])
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

  /// Whatever σ, the masked share follows the schedule of the forward process. With 20,000 positions
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

  /// `remdm_conf` leaves σ out at masks: its masks exceed the schedule's by what it masks again.
  @Test(.releaseOnly) func leastSureTokensAreMaskedAgainOneAStepAtMost() throws {
    var remasked: [Int: Int] = [:]
    _ = try Sampler(DiffusionSettings(maskID: 2), settings(.remdmConf, steps: 200))
      .sample(from: KnowingDenoiser(length: 100), count: 20) { event in
        if case .remasked(let remask) = event { remasked[remask.step, default: 0] += 1 }
        return .proceed
      }
    let total = remasked.values.reduce(0, +)
    // Σ min(1, (1 − α(s)) / α(t)) over the steps, of which half have all of one token: 20 samples.
    let expected = settings(.remdmConf, steps: 200).jumps(schedule).reduce(0.0) { sum, jump in
      if case .leastSure(let greatest) = jump.remask { return sum + greatest }
      return sum
    }
    #expect(abs(Double(total) / 20 - expected) < 5 * (expected / 20).squareRoot() + 2)
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
