import Foundation
import Testing

@testable import MDLM

struct NoiseScheduleInverseTests {
  @Test(
    arguments: NoiseScheduleVariant.all,
    [1e-9, 1e-6, 1e-3, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 0x1p-20])
  func timeUndoesTheNoise(_ variant: NoiseScheduleVariant, time: Double) {
    let schedule = variant.schedule
    let (noise, rate) = (schedule.totalNoise(at: time), schedule.noiseRate(at: time))
    // What the last bits of t, of σ, and of α where that is small, are worth in time.
    var digits = time + noise / rate
    if noise > 0.5 { digits += exp(noise) / rate }
    let tolerance = 16 * Double.ulpOfOne * digits
    #expect(abs(schedule.time(totalNoise: noise) - time) <= tolerance)
    #expect(abs(PlainSchedule(of: schedule).time(totalNoise: noise) - time) <= tolerance)
  }

  @Test(arguments: NoiseScheduleVariant.all) func timesBeyondTheEndsAreTheEnds(
    _ variant: NoiseScheduleVariant
  ) {
    for schedule: any NoiseSchedule in [variant.schedule, PlainSchedule(of: variant.schedule)] {
      let (first, last) = (schedule.totalNoise(at: 0), schedule.totalNoise(at: 1))
      // σ of the squared cosine hardly grows at the end, of the polynomial at the start.
      #expect(abs(schedule.time(totalNoise: first)) <= 1e-7)
      #expect(abs(schedule.time(totalNoise: last) - 1) <= 1e-7)
      #expect(schedule.time(totalNoise: -1) == 0)
      #expect(schedule.time(totalNoise: first / 2) == 0)
      #expect(schedule.time(totalNoise: last * 1.01) == 1)
      #expect(schedule.time(totalNoise: .infinity) == 1)
    }
  }

  /// The bisection ends at the first double whose noise is enough.
  @Test(arguments: NoiseScheduleVariant.all, [1e-12, 1e-4, 0.2, 0.5, 0.8, 0.9999])
  func bisectionGoesToTheLastBit(_ variant: NoiseScheduleVariant, share: Double) {
    let schedule = PlainSchedule(of: variant.schedule)
    let (first, last) = (schedule.totalNoise(at: 0), schedule.totalNoise(at: 1))
    let noise = first + share * (last - first)
    let time = schedule.time(totalNoise: noise)
    #expect(schedule.totalNoise(at: time) >= noise)
    #expect(schedule.totalNoise(at: time.nextDown) < noise)
  }

  @Test(arguments: NoiseScheduleVariant.all, [0.01, 0.1, 0.5, 0.9])
  func timeUndoesTheMaskProbability(_ variant: NoiseScheduleVariant, time: Double) {
    let schedule = variant.schedule
    let found = schedule.time(maskProbability: schedule.maskProbability(at: time))
    #expect(abs(found - time) <= 1e-12)
    #expect(schedule.time(maskProbability: 1) == 1)
  }
}
