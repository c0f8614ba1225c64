import Testing

@testable import MDLM

struct TimeSamplerTests {
  @Test(arguments: [1, 2, 7, 64]) func oneTimeFallsIntoEachStratum(count: Int) {
    let sampler = TimeSampler()
    var random = SplitMix64(41)
    for index in 0..<count {
      for uniform in [0, Double.random(in: 0..<1, using: &random), 1 - 0x1p-40] {
        let time = sampler.time(uniform: uniform, index: index, count: count)
        let stratum = (time - 1e-3) / (1 - 1e-3) * Double(count)
        #expect(stratum >= Double(index) - 1e-9 && stratum <= Double(index + 1) + 1e-9)
        #expect(time >= 1e-3 && time <= 1)
      }
    }
  }

  @Test func plainTimesDoNotDependOnThePlaceInTheBatch() {
    let sampler = TimeSampler(isAntithetic: false)
    let times = (0..<5).map { sampler.time(uniform: 0.25, index: $0, count: 5) }
    #expect(times.allSatisfy { $0 == 0.999 * 0.25 + 1e-3 })
  }

  @Test func epsilonBoundsTimesBelow() {
    let sampler = TimeSampler(isAntithetic: true, samplingEpsilon: 0.25)
    #expect(sampler.time(uniform: 0, index: 0, count: 3) == 0.25)
  }
}
