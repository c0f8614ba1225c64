import Testing

@testable import MDLM

struct NoiseSettingsTests {
  @Test func namesAreTheOfficialOnes() {
    #expect(
      NoiseScheduleName.allCases.map(\.rawValue) == [
        "loglinear", "cosine", "cosinesqr", "linear", "geometric", "polynomial",
      ])
  }

  @Test func parametersGoToTheSchedule() {
    for type in [NoiseScheduleName.linear, .geometric] {
      let settings = NoiseSettings(type: type, sigmaMin: 0.01, sigmaMax: 3)
      #expect(settings.effectiveSigmaMin == 0.01 && settings.effectiveSigmaMax == 3)
      #expect(settings.schedule.totalNoise(at: 0) == 0.01)
      #expect(settings.schedule.totalNoise(at: 1) == 3)
    }
    let cubic = NoiseSettings(type: .polynomial, degree: 3)
    #expect(cubic.effectiveDegree == 3)
    #expect(abs(cubic.schedule.maskProbability(at: 0.5) - (1e-4 + 0.9998 / 8)) <= 1e-15)
  }

  @Test func whatIsNotSetIsAsUsual() {
    let linear = NoiseSettings(type: .linear, sigmaMax: 5)
    #expect(linear.effectiveSigmaMin == 1e-3 && linear.effectiveSigmaMax == 5)
    let geometric = NoiseSettings(type: .geometric, sigmaMin: 0.1)
    #expect(geometric.effectiveSigmaMin == 0.1 && geometric.effectiveSigmaMax == 1)
    #expect(NoiseSettings(type: .linear).effectiveSigmaMax == 7)
    #expect(NoiseSettings(type: .polynomial).effectiveDegree == 2)
    #expect(NoiseSettings().schedule is LogLinearSchedule)
  }

  /// What is effective agrees with what the schedule takes.
  @Test(arguments: NoiseScheduleName.allCases) func othersAreIgnored(type: NoiseScheduleName) {
    let settings = NoiseSettings(type: type, sigmaMin: 0.5, sigmaMax: 2, degree: 4)
    let effective: [Double?] = [
      settings.effectiveSigmaMin, settings.effectiveSigmaMax, settings.effectiveDegree,
    ]
    for (index, parameter) in NoiseScheduleName.Parameter.allCases.enumerated() {
      let isTaken = type.parameters.contains(parameter)
      #expect(effective[index] == (isTaken ? [0.5, 2, 4][index] : nil))
    }
  }
}
