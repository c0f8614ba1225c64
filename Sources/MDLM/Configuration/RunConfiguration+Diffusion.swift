/// What goes together with which parameterization.
extension RunConfiguration {
  /// The keys whose defaults follow from the parameterization.
  static let keysOfParameterization: Set = ["time_conditioning", "T", "sampling.predictor"]

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
    if !isSet("time_conditioning") { timeConditioning = parameterization.traits.usuallySeesTime }
    if !isSet("T") { discreteTimeSteps = parameterization.usualTimeSteps }
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
        found: "total noise that goes from \(lower) to \(upper)",
        expected: "more at the end than at the beginning",
        remedy: "Lower noise.sigma_min or raise noise.sigma_max")
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
      ("training.importance_sampling", "importance sampling", training.importanceSampling),
      ("training.change_of_variables", "the change of variables", training.changeOfVariables),
    ].filter(\.2)
    if transforms.count == 2 {
      add(
        transforms.map(\.0), "importance sampling and the change of variables",
        "one of the two: both draw the same masks", "Set one of them to false")
    }
    for (key, transform, _) in transforms {
      if !parameterization.traits.allowsTimeTransforms {
        add(
          [key, "parameterization"], "\(transform) with \(name)",
          "subs, whose losses it makes weigh the same", "Set \(key) to false")
      } else if discreteTimeSteps > 0 {
        add(
          [key, "T"], "\(transform) with T: \(discreteTimeSteps)", "T: 0, continuous time",
          "Set T to 0, or \(key) to false")
      }
    }
    let steps = discreteTimeSteps
    switch parameterization.traits.discreteTime {
    case .required where steps == 0:
      add(
        ["T", "parameterization"], "\(name) in continuous time",
        "a number of steps, such as \(parameterization.usualTimeSteps)",
        "Set T to that, or choose subs")
    case .impossible where steps > 0:
      add(
        ["T", "parameterization"], "T: \(steps) with \(name)",
        "T: 0, since only subs and d3pm have discrete time", "Set T to 0")
    default: break
    }
    switch parameterization.traits.timeConditioning {
    case .required where !timeConditioning:
      add(
        ["time_conditioning", "parameterization"], "\(name) without time conditioning",
        "true: its scores depend on the noise level, which the network must see",
        "Set time_conditioning to true")
    case .impossible where timeConditioning:
      add(
        ["time_conditioning", "parameterization"], "time conditioning with \(name)",
        "false: nothing is noised, so there is no noise level to see",
        "Set time_conditioning to false")
    default: break
    }
    if parameterization == .ar && model.length == 1 {
      add(
        ["model.length", "parameterization"], "rows of one token with ar",
        "a length of at least 2: the first token of a row is read, not predicted",
        "Use longer rows")
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
