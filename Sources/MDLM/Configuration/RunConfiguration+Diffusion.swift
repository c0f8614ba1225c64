/// What goes together with which parameterization.
extension RunConfiguration {
  /// Sets what `parameterization` usually has, where nothing else was asked for.
  ///
  /// With it one word in a configuration makes it that of a baseline.
  ///
  /// - Parameters:
  ///   - parameterization: The one that was chosen.
  ///   - isSet: Whether the key of that path was given.
  mutating func adoptDefaults(
    of parameterization: Parameterization, unless isSet: (_ path: String) -> Bool
  ) {
    if !isSet("time_conditioning") { timeConditioning = parameterization.usuallySeesTime }
    if !isSet("T") { discreteTimeSteps = parameterization == .d3pm ? 1000 : 0 }
    if !isSet("sampling.predictor") { sampling.predictor = parameterization.defaultPredictor }
  }

  /// Impossible combinations of settings of the diffusion, the official code's rules among them.
  var diffusionConflicts: [ConfigurationConflict] {
    noiseConflicts + timeConflicts + samplingConflicts
  }

  private var noiseConflicts: [ConfigurationConflict] {
    guard let lower = noise.effectiveSigmaMin, let upper = noise.effectiveSigmaMax, lower >= upper
    else { return [] }
    return [
      ConfigurationConflict(
        keys: ["noise.sigma_min", "noise.sigma_max", "noise.type"],
        found: "total noise from \(lower) to \(upper)", expected: "more at the end",
        remedy: "Lower sigma_min or raise sigma_max")
    ]
  }

  private var timeConflicts: [ConfigurationConflict] {
    var conflicts: [ConfigurationConflict] = []
    func add(_ keys: [String], _ found: String, _ expected: String, _ remedy: String) {
      conflicts.append(
        ConfigurationConflict(keys: keys, found: found, expected: expected, remedy: remedy))
    }
    let name = parameterization.rawValue
    let transforms = [
      ("training.importance_sampling", training.importanceSampling),
      ("training.change_of_variables", training.changeOfVariables),
    ].filter(\.1).map(\.0)
    if transforms.count == 2 {
      add(
        transforms, "importance sampling and the change of variables", "one of the two",
        "Set one to false: both draw the same masks")
    }
    for key in transforms {
      if parameterization == .sedd || parameterization == .ar {
        add(
          [key, "parameterization"], "it with \(name)", "subs, whose losses it reweighs",
          "Set it to false")
      } else if discreteTimeSteps > 0 {
        add(
          [key, "T"], "it with T: \(discreteTimeSteps)", "T: 0, continuous time",
          "Set it to false\(parameterization == .d3pm ? "" : ", or T to 0")")
      }
    }
    switch parameterization {
    case .subs: break
    case .d3pm:
      if discreteTimeSteps == 0 {
        add(
          ["T", "parameterization"], "d3pm in continuous time", "a number of steps, such as 1000",
          "Set T, or use subs")
      }
    case .sedd, .ar:
      if discreteTimeSteps > 0 {
        add(
          ["T", "parameterization"], "T: \(discreteTimeSteps) with \(name)",
          "0: only subs and d3pm have discrete time", "Set T to 0")
      }
    }
    if parameterization == .sedd && !timeConditioning {
      add(
        ["time_conditioning", "parameterization"], "sedd without time conditioning",
        "true: scores are ratios at a noise level, which the network must know",
        "Set time_conditioning to true")
    }
    if parameterization == .ar && timeConditioning {
      add(
        ["time_conditioning", "parameterization"], "time conditioning with ar",
        "false: without noise there is no noise level", "Set time_conditioning to false")
    }
    if parameterization == .ar && model.length == 1 {
      add(
        ["model.length", "parameterization"], "rows of one token with ar",
        "at least 2: the first is only read", "Use longer rows")
    }
    return conflicts
  }

  private var samplingConflicts: [ConfigurationConflict] {
    guard !sampling.predictor.samples(parameterization) else { return [] }
    return [
      ConfigurationConflict(
        keys: ["sampling.predictor", "parameterization"],
        found: "\(sampling.predictor.rawValue) with \(parameterization.rawValue)",
        expected: Predictor.allCases.filter { $0.samples(parameterization) }.map(\.rawValue)
          .joined(separator: ", "),
        remedy: "Remove sampling.predictor or choose one of these")
    ]
  }
}

extension Parameterization {
  /// Whether the network sees the noise level where nothing is said.
  fileprivate var usuallySeesTime: Bool {
    switch self {
    case .subs, .ar: false
    case .d3pm, .sedd: true
    }
  }
}
