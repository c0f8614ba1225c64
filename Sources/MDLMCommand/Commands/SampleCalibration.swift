import MDLM

/// Measures how long a call of the network takes in the way samples are drawn.
struct SampleCalibration {
  private let settings: SamplerSettings
  private let templates: [SequenceTemplate]
  private let batchSize: Int
  /// Seconds for one call with as many sequences as are drawn side by side.
  let secondsOfCall: Double

  /// The most time that is spent on measuring.
  private static let patience = Duration.seconds(1)

  /// Draws a batch of samples for a second, or as long as it takes to call the network twice.
  ///
  /// - Parameters:
  ///   - sampler: How samples will be drawn.
  ///   - templates: What will be drawn.
  ///   - model: The model.
  ///   - trial: Settings that take a moderate number of calls; nil measures with the sampler's own.
  ///   - interruption: Ends the work.
  /// - Throws: ``Interruption/Caught``, and ``InputError`` as the sampler does.
  init(
    _ sampler: Sampler, _ templates: [SequenceTemplate], _ model: MaskedDiffusionModel,
    trial: SamplerSettings?, _ interruption: Interruption
  ) throws {
    settings = sampler.settings
    self.templates = templates
    batchSize = sampler.batchSize
    var sampler = sampler
    sampler.settings = trial ?? sampler.settings
    let clock = ContinuousClock()
    let start = clock.now
    // The first call warms memory and caches up.
    var (first, last, calls) = (start, start, 0)
    _ = try sampler.sample(from: model.network, Array(templates.prefix(batchSize))) { event in
      guard case .called = event else { return .proceed }
      last = clock.now
      if calls == 0 { first = last }
      calls += 1
      let isLong = calls > 1 && last - start > Self.patience
      return isLong || interruption.isRequested ? .stop : .proceed
    }
    try interruption.check()
    secondsOfCall =
      calls > 1 ? (last - first) / .seconds(1) / Double(calls - 1) : (last - start) / .seconds(1)
  }

  /// The calls for each sample that take about so many seconds for all, at least one.
  func calls(within seconds: Double) -> Int {
    let rounds = (templates.count + batchSize - 1) / batchSize
    let wanted = seconds / (max(secondsOfCall, 1e-9) * Double(max(1, rounds)))
    let free = templates.map { $0.freePositions.count }.max() ?? 1
    // More calls than masks help only where tokens are masked again.
    let most = settings.predictor.remasks || settings.predictor == .ddpm ? 1 << 17 : free
    return max(1, Int(min(wanted, Double(most)).rounded(.down)))
  }
}
