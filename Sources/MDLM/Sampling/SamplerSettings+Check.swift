extension SamplerSettings {
  /// Refuses values that mean nothing, and those that contradict each other or the model.
  ///
  /// - Parameter parameterization: The model's.
  /// - Throws: ``InputError`` of category `usage`, whose subject is the name of the setting.
  public func check(_ parameterization: Parameterization = .subs) throws(InputError) {
    func check(
      _ isGood: Bool, _ subject: String, _ found: String, _ expected: String, _ remedy: String
    ) throws(InputError) {
      guard isGood else {
        throw InputError(.usage, subject, found: found, expected: expected, remedy: remedy)
      }
    }
    func isShare(_ value: Double) -> Bool { value > 0 && value <= 1 }
    try check(
      predictor.samples(parameterization), "predictor",
      "\(predictor.rawValue) with a model of \(parameterization.rawValue)",
      Predictor.allCases.filter { $0.samples(parameterization) }.map(\.rawValue)
        .joined(separator: ", "),
      "Choose one of these, or leave it out")
    try check(
      order == .whole || parameterization != .ar, "order", "blocks with an autoregressive model",
      "all tokens in one piece, from left to right", "Leave blocks and strides out")
    try check(steps >= 1, "steps", "\(steps)", "at least 1", "Take more steps")
    let shares: [(String, Double?)] = [
      ("threshold", confidenceThreshold), ("top-p", controls.topP), ("eta", remaskingStrength),
    ]
    for (name, value) in shares {
      if let value {
        try check(
          isShare(value), name, "\(value)", "a number above 0 and at most 1",
          "Choose one, such as 0.9")
      }
    }
    let amounts: [(String, Double)] = [
      ("temperature", controls.temperature), ("order-temperature", orderTemperature),
      ("entropy-bound", entropyBound),
    ]
    for (name, value) in amounts {
      try check(
        value >= 0 && value.isFinite, name, "\(value)", "a number that is not negative",
        "Choose one, such as 0.5")
    }
    try check(
      controls.topK ?? 1 >= 1, "top-k", "\(controls.topK ?? 0)", "at least 1", "Keep more tokens")
    try check(
      controls.repetitionPenalty >= 1 && controls.repetitionPenalty.isFinite,
      "repetition-penalty", "\(controls.repetitionPenalty)", "at least 1",
      "Choose a number such as 1.2")
    try check(
      stopRule == .none || endID != nil, "stop", "\(stopRule.rawValue) without an end token",
      "a model whose tokenizer has one", "Leave it out")
    try checkPublishedNoise(parameterization)
  }

  private func checkPublishedNoise(_ parameterization: Parameterization) throws(InputError) {
    guard usesPublishedNoise else { return }
    guard parameterization != .d3pm, [.ddpm, .ddpmCache, .analytic].contains(predictor) else {
      throw InputError(
        .usage, "gumbel",
        found: "fp32 with \(predictor.rawValue)"
          + (parameterization == .d3pm ? " of a d3pm model" : ""),
        expected: "ddpm, ddpm_cache or analytic of subs or sedd, whose published draw it is",
        remedy: "Choose one of these or draw exactly")
    }
    guard controls == TokenControls() else {
      throw InputError(
        .usage, "gumbel", found: "fp32 together with temperature, top-k, top-p or banned tokens",
        expected: "the published draw as it is", remedy: "Leave one of the two out")
    }
  }
}
