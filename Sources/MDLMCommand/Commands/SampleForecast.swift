import MDLM

/// The calls of the network that samples will take, and those that they took.
struct SampleForecast {
  private let mean: Double
  private let kind: CallForecast.Kind
  private let settings: SamplerSettings
  private let count: Int

  init(_ sampler: Sampler, _ templates: [SequenceTemplate], _ model: MaskedDiffusionModel) {
    settings = sampler.settings
    count = templates.count
    // Samples of one prompt follow each other and share a forecast.
    var (sum, kind, last): (Double, CallForecast.Kind, (SequenceTemplate, Double)?) =
      (0, .exact, nil)
    for template in templates {
      if last?.0 != template {
        let forecast = settings.forecast(
          for: template, model.diffusion, limit: model.network.length,
          conditionsOnTime: model.network.conditionsOnTime)
        last = (template, forecast.calls)
        kind = forecast.kind
      }
      sum += last?.1 ?? 0
    }
    mean = sum / Double(max(1, templates.count))
    self.kind = kind
  }

  /// What is said before the samples are drawn.
  var announcement: String {
    let calls = NumberFormat.fixed(mean, digits: mean < 1000 && kind == .mean ? 1 : 0)
    let amount =
      switch kind {
      case .exact: calls
      case .mean: "about \(calls)"
      case .atMost: "at most \(calls)"
      }
    let steps = settings.predictor.hasSteps ? ", \(settings.steps) steps" : ""
    return "\(settings.predictor.rawValue)\(steps): \(amount) network calls a sample expected"
  }

  /// What is said afterwards.
  func result(_ samples: [MDLM.Sample]) -> String {
    guard !samples.isEmpty else { return "no sample was finished" }
    let calls = samples.reduce(0) { $0 + $1.networkCalls }
    let mean = Double(calls) / Double(samples.count)
    let share = samples.count < count ? "; \(samples.count) of \(count) samples finished" : ""
    return "\(NumberFormat.fixed(mean, digits: 1)) network calls a sample made\(share)"
  }
}
