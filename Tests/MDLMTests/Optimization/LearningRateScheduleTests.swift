import Testing

@testable import MDLM

struct LearningRateScheduleTests {
  /// (step, rate) by hand; transformers' constant warm-up starts at zero.
  @Test(arguments: [(0, 0), (1, 0.001), (50, 0.05), (99, 0.099), (100, 0.1), (5000, 0.1)])
  func constantWarmup(step: Int, rate: Double) {
    let schedule = LearningRateSchedule.constantWarmup(peak: 0.1, warmup: 100)
    #expect(abs(schedule.rate(at: step) - rate) <= 1e-15)
  }

  @Test func noWarmupStartsAtThePeak() {
    #expect(LearningRateSchedule.constantWarmup(peak: 3e-4, warmup: 0).rate(at: 0) == 3e-4)
  }

  /// 10 steps from 1 to 9, then a half cosine down to 1 at step 110: half way is the mean.
  @Test(arguments: [
    (0, 1), (5, 5), (10, 9), (35, 5 + 4 * 0.5.squareRoot()), (60, 5), (110, 1), (999, 1),
  ])
  func cosineDecay(step: Int, rate: Double) {
    let schedule = LearningRateSchedule.cosineDecayWarmup(
      peak: 9, warmup: 10, initial: 1, floor: 1, total: 110)
    #expect(abs(schedule.rate(at: step) - rate) <= 1e-12)
  }
}

struct ExponentialMovingAverageTests {
  /// min(decay, (1 + n) / (10 + n)), n from 1.
  @Test(arguments: [(1, 2.0 / 11), (2, 3.0 / 12), (80, 0.9), (81, 0.9), (1_000_000, 0.9)])
  func ramp(number: Int, decay: Double) {
    #expect(ExponentialMovingAverage(decay: 0.9).decay(atUpdate: number) == decay)
  }
}
