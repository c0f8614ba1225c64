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

  /// MD4: one number for all, so that times are evenly spaced, wherever the batch begins.
  @Test(arguments: [0, 0.3, 0.999]) func sharedOffsetSpacesTimesEvenly(offset: Double) {
    let sampler = TimeSampler(sharesOffset: true, samplingEpsilon: 0)
    let times = (0..<8).map { sampler.time(uniform: offset, index: $0, count: 8) }.sorted()
    for (first, second) in zip(times, times.dropFirst()) {
      #expect(abs(second - first - 1.0 / 8) <= 1e-12)
    }
    #expect(times.allSatisfy { $0 >= 0 && $0 < 1 })
  }

  /// Of a smooth loss both kinds of strata have a far smaller variance than independent times.
  ///
  /// The mean of f over n strata errs by about |f′|/n^(3/2) with jitter of their own, and by
  /// (f(1) − f(0))/n times the offset's distance from the middle with a shared one.
  @Test func strataLowerTheVariance() {
    let (count, batches) = (16, 2000)
    func variance(_ sampler: TimeSampler) -> Double {
      let means = (0..<batches).map { batch -> Double in
        let key = RandomKey(seed: 3, stream: .times, step: batch)
        return (0..<count).reduce(0) { sum, index in
          let uniform = key.uniform(row: sampler.sharesOffset ? 0 : index)
          let time = sampler.time(uniform: uniform, index: index, count: count)
          return sum + 1 + 2 * time - time * time
        } / Double(count)
      }
      let mean = means.reduce(0, +) / Double(batches)
      return means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batches - 1)
    }
    let independent = variance(TimeSampler(isAntithetic: false, samplingEpsilon: 0))
    let jittered = variance(TimeSampler(samplingEpsilon: 0))
    let shared = variance(TimeSampler(sharesOffset: true, samplingEpsilon: 0))
    // f = 1 + 2t − t²: variances 4/45/n, (4/3)/12/n³ and 1/12/n², known to within 4 %.
    #expect(relativeDeviation(independent, 4.0 / 45 / 16) <= 0.15)
    #expect(relativeDeviation(jittered, 4.0 / 36 / 4096) <= 0.15)
    #expect(relativeDeviation(shared, 1.0 / 12 / 256) <= 0.15)
  }
}
