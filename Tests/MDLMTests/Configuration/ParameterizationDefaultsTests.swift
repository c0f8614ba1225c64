import Foundation
import MDLM
import Testing

/// One word makes a configuration that of a baseline: what follows from `parameterization`.
@Suite struct ParameterizationDefaultsTests {
  private static let required = """
    data: {train: 'a.txt', tokenizer_name_or_path: 'char'},
    model: {hidden_size: 64, n_blocks: 2, n_heads: 4, length: 128},
    """

  private func load(_ settings: String = "", _ overrides: String...) throws -> RunConfiguration {
    try RunConfiguration.load(
      text: "{\(Self.required)\n\(settings)}", name: "a.json5", overrides: overrides)
  }

  private func expectUsual(
    _ configuration: RunConfiguration, _ parameterization: Parameterization,
    location: SourceLocation = #_sourceLocation
  ) {
    let usual: (seesTime: Bool, steps: Int, predictor: Predictor) =
      switch parameterization {
      case .subs: (false, 0, .ddpmCache)
      case .d3pm: (true, 1000, .ddpmCache)
      case .sedd: (true, 0, .analytic)
      case .ar: (false, 0, .ar)
      }
    #expect(configuration.parameterization == parameterization, sourceLocation: location)
    #expect(configuration.timeConditioning == usual.seesTime, sourceLocation: location)
    #expect(configuration.discreteTimeSteps == usual.steps, sourceLocation: location)
    #expect(configuration.sampling.predictor == usual.predictor, sourceLocation: location)
  }

  @Test(arguments: Parameterization.allCases)
  func oneWordIsEnough(parameterization: Parameterization) throws {
    let name = parameterization.rawValue
    expectUsual(try load("parameterization: '\(name)'"), parameterization)
    expectUsual(try load("", "parameterization=\(name)"), parameterization)
  }

  /// What the file says belongs to the parameterization that the override replaces.
  @Test(arguments: [Parameterization.d3pm, .sedd, .ar])
  func theOverrideSetsAsideWhatTheFileSaysOfAnother(parameterization: Parameterization) throws {
    let settings = "T: 7, time_conditioning: true, sampling: {predictor: 'ddpm_cache', steps: 9}"
    let configuration = try load(settings, "parameterization=\(parameterization.rawValue)")
    expectUsual(configuration, parameterization)
    #expect(configuration.sampling.steps == 9)
    // The configuration that a run leaves has every key.
    let whole = try load(settings).json5()
    expectUsual(
      try RunConfiguration.load(
        text: whole, name: "config.json5",
        overrides: ["parameterization=\(parameterization.rawValue)"]), parameterization)
  }

  @Test func theOverrideLeadsBackToSUBS() throws {
    let settings = "parameterization: 'd3pm', T: 50, subs_masking: true, time_conditioning: true"
    expectUsual(try load(settings, "parameterization=subs"), .subs)
    #expect(try load(settings, "parameterization=subs").subsMasking == false)
  }

  @Test func anOverrideThatChangesNothingSetsNothingAside() throws {
    let plain = "T: 7, time_conditioning: true, sampling: {predictor: 'tau'}"
    #expect(try load(plain, "parameterization=subs") == load(plain))
    let named = "parameterization: 'd3pm', T: 7, time_conditioning: false"
    #expect(try load(named, "parameterization=d3pm") == load(named))
  }

  @Test(arguments: ["T", "time_conditioning", "sampling.predictor"])
  func noErrorPromisesAnotherDefault(key: String) {
    let errors = #expect(throws: InputErrors.self) {
      try load("parameterization: 'd3pm'", "\(key)=17.5")
    }
    #expect(errors?.errors.map(\.remedy) == ["Correct the value, or remove the key"])
  }

  @Test func otherOverridesStay() throws {
    let configuration = try load(
      "", "T=50", "time_conditioning=false", "sampling.predictor=ddpm", "parameterization=d3pm")
    #expect(configuration.discreteTimeSteps == 50 && !configuration.timeConditioning)
    #expect(configuration.sampling.predictor == .ddpm)
    // Those that do not fit are not set aside, but refused.
    #expect(throws: InputErrors.self) {
      try load("", "sampling.predictor=ddpm_cache", "parameterization=sedd")
    }
  }

  @Test func theSameFileMustNotContradictItself() {
    let errors = #expect(throws: InputErrors.self) {
      try load("parameterization: 'sedd', sampling: {predictor: 'ddpm_cache'}")
    }
    #expect(errors?.errors.map(\.subject) == ["a.json5:3:49: sampling.predictor"])
    #expect(errors?.errors.first?.expected == "analytic, euler")
  }

  @Test func theInheritedFileIsSetAsideToo() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: directory.appending(path: name))
    }
    try write(
      "{\(Self.required)\n T: 7, time_conditioning: true, sampling: {predictor: 'ddpm_cache'}}",
      to: "base.json5")
    for name in ["sedd", "ar"] {
      try write("{extends: 'base.json5', parameterization: '\(name)'}", to: "child.json5")
      let configuration = try RunConfiguration.load(path: directory.path + "/child.json5")
      expectUsual(configuration, try #require(Parameterization(rawValue: name)))
    }
    // Nothing else is.
    try write("{extends: 'base.json5', noise: {type: 'cosine'}}", to: "child.json5")
    let same = try RunConfiguration.load(path: directory.path + "/child.json5")
    #expect(same.discreteTimeSteps == 7 && same.timeConditioning)
  }

  @Test(arguments: [
    "noise: {type: 'linear', sigma_min: 0.1, sigma_max: 3}",
    "noise: {type: 'polynomial', degree: 3}",
  ])
  func parametersOfAnotherScheduleAreSetAside(settings: String) throws {
    #expect(try load(settings, "noise.type=cosine").noise == NoiseSettings(type: .cosine))
  }

  @Test func parametersOfBothSchedulesStay() throws {
    let configuration = try load("noise: {type: 'linear', sigma_max: 3}", "noise.type=geometric")
    #expect(configuration.noise == NoiseSettings(type: .geometric, sigmaMax: 3))
  }
}
