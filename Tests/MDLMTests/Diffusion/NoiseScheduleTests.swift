import Testing

@testable import MDLM

struct NoiseScheduleTests {
  struct Reference: Sendable {
    let (time, totalNoise, noiseRate, lossWeight): (Double, Double, Double, Double)

    init(_ time: Double, _ totalNoise: Double, _ noiseRate: Double, _ lossWeight: Double) {
      (self.time, self.totalNoise, self.noiseRate, self.lossWeight) = (
        time, totalNoise, noiseRate, lossWeight
      )
    }
  }

  /// Computed from the official formulas, to six digits.
  static let references = [
    Reference(0.1, 0.105249, 1.10988, 10), Reference(0.5, 0.692148, 1.996004, 2),
    Reference(0.9, 2.29363, 9.90089, 1.11111), Reference(1, 6.907755, 999, 1),
  ]

  private let schedule = LogLinearSchedule()

  @Test(arguments: references) func logLinearReference(_ reference: Reference) {
    let time = reference.time
    #expect(relativeDeviation(schedule.totalNoise(at: time), reference.totalNoise) <= 1e-5)
    #expect(relativeDeviation(schedule.noiseRate(at: time), reference.noiseRate) <= 1e-5)
    #expect(relativeDeviation(schedule.lossWeight(at: time), reference.lossWeight) <= 1e-5)
  }

  @Test(arguments: [1e-3, 0.1, 0.3, 0.5, 0.7, 0.999, 1]) func logLinearWeightIsOneOverTime(
    time: Double
  ) {
    #expect(schedule.lossWeight(at: time) == 1 / time)
  }

  /// What a schedule gets for free from its noise and rate agrees with what log-linear spells out.
  @Test(arguments: [1e-3, 0.1, 0.5, 0.9, 1]) func defaultsFollowFromNoiseAndRate(time: Double) {
    struct Plain: NoiseSchedule {
      func totalNoise(at time: Double) -> Double { LogLinearSchedule().totalNoise(at: time) }
      func noiseRate(at time: Double) -> Double { LogLinearSchedule().noiseRate(at: time) }
    }
    let plain = Plain()
    #expect(relativeDeviation(plain.lossWeight(at: time), 1 / time) <= 1e-12)
    #expect(
      relativeDeviation(
        plain.maskProbability(at: time), schedule.maskProbability(at: time)) <= 1e-12)
  }

  @Test(arguments: [1e-3, 0.25, 1]) func maskProbabilityIsTimeButForEpsilon(time: Double) {
    #expect(schedule.maskProbability(at: time) == 0.999 * time)
  }

  @Test(arguments: [0.01, 0.4, 0.9]) func rateIsTheSlopeOfTheNoise(time: Double) {
    let step = 1e-6
    let slope =
      (schedule.totalNoise(at: time + step) - schedule.totalNoise(at: time - step)) / (2 * step)
    #expect(relativeDeviation(schedule.noiseRate(at: time), slope) <= 1e-8)
  }
}
