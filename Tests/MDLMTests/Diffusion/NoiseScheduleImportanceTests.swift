import Foundation
import Testing

@testable import MDLM

struct NoiseScheduleImportanceTests {
  @Test(arguments: [
    (0.0, 0.0010005), (0.25, 0.0056255), (0.5, 0.0316307), (0.75, 0.1778502), (1.0, 1.0),
  ])
  func logLinearTimes(uniform: Double, time: Double) {
    #expect(abs(LogLinearSchedule().importanceTime(uniform) - time) <= 1e-7)
  }

  @Test(arguments: NoiseScheduleVariant.all) func rangeIsWithinTheSchedule(
    _ variant: NoiseScheduleVariant
  ) {
    let schedule = variant.schedule
    let (first, last) = (schedule.totalNoise(at: 0), schedule.totalNoise(at: 1))
    #expect(
      schedule.importanceRange.lowerBound == max(first, schedule is LinearSchedule ? 0 : 1e-3))
    #expect(schedule.importanceRange.upperBound == last)
  }

  @Test func aScheduleThatEndsBeforeTheUsualStartHasOneTime() {
    let schedule = GeometricSchedule(sigmaMin: 1e-5, sigmaMax: 1e-4)
    #expect(schedule.importanceRange == 1e-4...1e-4)
    #expect(abs(schedule.importanceWeight) <= 1e-12)
    #expect(abs(schedule.importanceTime(0.5) - 1) <= 1e-9)
  }

  /// Both draw the same mask probabilities: one names the time, the other the probability.
  @Test(arguments: NoiseScheduleVariant.all, [0, 1e-3, 0.3, 0.7, 0.999, 1])
  func timesHaveLogUniformMaskProbabilities(_ variant: NoiseScheduleVariant, uniform: Double) {
    let schedule = variant.schedule
    let range = schedule.importanceRange
    let mask = schedule.changeOfVariablesMaskProbability(uniform)
    let (low, high) = (-expm1(-range.lowerBound), -expm1(-range.upperBound))
    #expect(relativeDeviation(mask, pow(low, 1 - uniform) * pow(high, uniform)) <= 1e-12)
    let time = schedule.importanceTime(uniform)
    #expect(time >= 0 && time <= 1)
    #expect(relativeDeviation(schedule.maskProbability(at: time), mask) <= 1e-12)
  }

  @Test(arguments: NoiseScheduleVariant.all, Polynomial.bounds)
  func boundIsThatOfTheRange(_ variant: NoiseScheduleVariant, bound: Polynomial) {
    let schedule = variant.schedule
    let integral = Polynomial.integral {
      schedule.importanceWeight
        * bound.value(at: schedule.maskProbability(at: schedule.importanceTime($0)))
    }
    let low = schedule.changeOfVariablesMaskProbability(0)
    let high = schedule.changeOfVariablesMaskProbability(1)
    var expected = bound.integralOverArgument(from: low, to: high)
    // The official constant takes the interval of log m to end at 0.
    if schedule is LogLinearSchedule || schedule is LinearSchedule {
      expected *= log(low) / log(low / high)
    }
    #expect(relativeDeviation(integral, expected) <= 1e-10)
  }

  @Test func weights() {
    let official = [LogLinearSchedule().importanceWeight, LinearSchedule().importanceWeight]
    #expect(official.allSatisfy { abs($0 - 6.9082552) < 1e-7 })
    // Exact lengths: the ends of both cosines are those of log-linear.
    #expect(abs(CosineSchedule().importanceWeight - 6.9072547) < 1e-7)
    #expect(abs(SquaredCosineSchedule().importanceWeight - 6.9072547) < 1e-7)
    // log(1 − e⁻¹) and log(1 − 0.0001) in place of log(1 − 0.001).
    #expect(abs(GeometricSchedule().importanceWeight - 6.4495801) < 1e-7)
    #expect(abs(PolynomialSchedule().importanceWeight - 6.9081552) < 1e-7)
  }
}
