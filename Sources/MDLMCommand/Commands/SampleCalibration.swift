import MDLM

/// Measures how long a call of the network takes in the way samples are drawn.
struct SampleCalibration {
  private let settings: SamplerSettings
  private let templates: [SequenceTemplate]
  private let batchSize: Int
  private let diffusion: DiffusionSettings
  private let limit: Int
  /// Seconds for one call with as many sequences as are drawn side by side.
  let secondsOfCall: Double

  /// Draws some samples in few calls, twice: the first time warms memory and caches up.
  init(_ sampler: Sampler, _ templates: [SequenceTemplate], _ model: MaskedDiffusionModel) {
    settings = sampler.settings
    self.templates = templates
    batchSize = sampler.batchSize
    diffusion = model.diffusion
    limit = model.network.length
    let batch = Array(templates.prefix(sampler.batchSize))
    var trial = sampler
    // Random order in a few calls costs the same network and is known by every template.
    trial.settings = SamplerSettings(predictor: .tau, steps: 4)
    trial.settings.order = sampler.settings.order
    if sampler.settings.predictor.looksBeforeItReveals {
      trial.settings.predictor = sampler.settings.predictor == .margin ? .margin : .confidence
    }
    let clock = ContinuousClock()
    var seconds = 0.0
    for _ in 0..<2 {
      let begin = clock.now
      let samples = (try? trial.sample(from: model.network, batch)) ?? []
      let calls = samples.map(\.networkCalls).max() ?? 1
      seconds = (clock.now - begin) / .seconds(1) / Double(max(1, calls))
    }
    secondsOfCall = seconds
  }

  /// The calls for each sample that take about so many seconds for all.
  ///
  /// - Parameters:
  ///   - seconds: The time that is wanted.
  ///   - interruption: Ends the work.
  /// - Returns: At least as many as the predictor takes in one step.
  /// - Throws: ``Interruption/Caught``.
  func calls(within seconds: Double, _ interruption: Interruption) throws -> Int {
    try interruption.check()
    let rounds = (templates.count + batchSize - 1) / batchSize
    let wanted = seconds / (secondsOfCall * Double(max(1, rounds)))
    let free = templates.map { $0.freePositions.count }.max() ?? 1
    // More calls than masks help only where tokens are masked again.
    let most = settings.predictor.remasks || settings.predictor == .ddpm ? 1 << 17 : free
    return max(1, Int(min(wanted, Double(most)).rounded(.down)))
  }
}
