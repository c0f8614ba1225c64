import Foundation
import Testing

@testable import MDLM

/// Schedules and drawn times against numbers of the official code, which has them in single precision.
struct NoiseScheduleParityTests {
  private func goldens() throws -> SafetensorsFile {
    try SafetensorsFile(path: try #require(Golden.path("noise.safetensors")))
  }

  /// Where the official code takes the logarithm of an α that it rounded, the error of α counts too.
  @Test(arguments: [
    (NoiseScheduleName.loglinear, 5e-7), (.cosine, 5e-7), (.cosinesqr, 5e-7), (.linear, 0),
    (.geometric, 0),
  ])
  func noiseAndRate(type: NoiseScheduleName, survivalError: Double) throws {
    let (file, schedule) = (try goldens(), type.schedule)
    let noises = try file.readFloats("\(type).sigma").map(Double.init)
    let rates = try file.readFloats("\(type).dsigma").map(Double.init)
    let times = try file.readFloats("t").map(Double.init)
    #expect(times.count == 12 && noises.count == 12 && rates.count == 12)
    for (time, (noise, rate)) in zip(times, zip(noises, rates)) {
      let (ourNoise, ourRate) = (schedule.totalNoise(at: time), schedule.noiseRate(at: time))
      let slack = survivalError * exp(ourNoise)
      #expect(abs(noise - ourNoise) <= slack + 1e-6 * ourNoise, "σ at \(time)")
      #expect(abs(rate - ourRate) <= slack * (1 + ourRate) + 1e-6 * ourRate, "σ′ at \(time)")
    }
  }

  @Test(arguments: [NoiseScheduleName.loglinear, .linear])
  func importanceTimes(type: NoiseScheduleName) throws {
    let (file, schedule) = (try goldens(), type.schedule)
    let uniforms = try file.readFloats("t").map(Double.init)
    try expectClose(uniforms.map(schedule.importanceTime), file.readFloats("\(type).importance_t"))
    let range = schedule.importanceRange
    try expectClose([range.lowerBound], file.readFloats("\(type).sigma_min"))
    try expectClose([range.upperBound], file.readFloats("\(type).sigma_max"))
  }

  @Test(arguments: [true, false], [true, false])
  func drawnTimes(isAntithetic: Bool, isImportance: Bool) throws {
    let file = try goldens()
    let sampler = TimeSampler(isAntithetic: isAntithetic)
    let uniforms = try file.readFloats("u8").map(Double.init)
    var times = uniforms.enumerated().map {
      sampler.time(uniform: $1, index: $0, count: uniforms.count)
    }
    if isImportance { times = times.map(LogLinearSchedule().importanceTime) }
    try expectClose(
      times, file.readFloats("sample_t.anti\(isAntithetic ? 1 : 0).is\(isImportance ? 1 : 0)"))
  }

  /// In single precision 1 − e^(−0.001) is off by up to 6e-5 of itself.
  private func expectClose(_ ours: [Double], _ theirs: [Float]) {
    #expect(ours.count == theirs.count)
    for (ours, theirs) in zip(ours, theirs) {
      #expect(abs(ours - Double(theirs)) <= 1e-4 * ours + 3e-8)
    }
  }
}
