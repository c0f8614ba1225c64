/// A figure of a group of samples that a panel shows.
enum FrontierMeasure {
  case perplexity
  case entropy

  var title: String {
    switch self {
    case .perplexity: "generative perplexity"
    case .entropy: "unigram entropy (nats)"
    }
  }

  func value(_ quality: SampleQuality) -> Double? {
    let value =
      switch self {
      case .perplexity: quality.perplexity?.value
      case .entropy: quality.statistics.entropy.mean
      }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The 95 % interval over samples.
  func interval(_ quality: SampleQuality) -> ClosedRange<Double>? {
    switch self {
    case .perplexity: quality.perplexity?.interval
    case .entropy: quality.statistics.entropy.interval
    }
  }

  func scale(around values: [Double]) -> PlotScale {
    switch self {
    case .perplexity: .logarithmic(around: values)
    case .entropy: .linear(around: values)
    }
  }
}

/// One figure of all series against the calls of the network.
struct FrontierPanel {
  let measure: FrontierMeasure
  private let series: [FrontierSeries]
  private let realText: Double?
  let axes: PlotAxes

  /// Makes the panel.
  ///
  /// - Parameters:
  ///   - measure: What it shows.
  ///   - series: The lines.
  ///   - realText: The level of real text, where it is known.
  ///   - frame: Its place in the picture.
  ///   - calls: The axis of calls, the same for all panels.
  ///   - isLast: Whether it has the title of that axis.
  init(
    measure: FrontierMeasure, series: [FrontierSeries], realText: Double?, frame: PlotAxes.Frame,
    calls: PlotScale, isLast: Bool
  ) {
    self.measure = measure
    self.series = series
    self.realText = realText
    let qualities = series.flatMap(\.qualities)
    let ends = qualities.compactMap(measure.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    axes = PlotAxes(
      frame: frame, horizontal: calls,
      vertical: measure.scale(
        around: qualities.compactMap(measure.value) + ends + (realText.map { [$0] } ?? [])),
      horizontalTitle: isLast ? "network calls for a sample" : "", verticalTitle: measure.title,
      verticalTitleDistance: 58)
  }

  var elements: [String] {
    axes.elements + (realText.map { [axes.level($0)] } ?? []) + series.flatMap(elements)
  }

  private func elements(of series: FrontierSeries) -> [String] {
    let points = series.qualities.compactMap { quality -> (Double, Double, SampleQuality)? in
      guard let calls = quality.statistics.networkCalls, let value = measure.value(quality) else {
        return nil
      }
      return (calls, value, quality)
    }.sorted { $0.0 < $1.0 }
    let mark = "series\(series.number)"
    var elements: [String] = []
    if points.count > 1 {
      let line = points.map { axes.point($0.0, $0.1) }.joined(separator: " ")
      elements.append("<polyline class=\"line \(mark)\"\(series.dashes) points=\"\(line)\"/>")
    }
    for (calls, value, quality) in points {
      let x = axes.x(calls).fixed(1)
      var error = ""
      if let interval = measure.interval(quality) {
        error = " (\(interval.lowerBound.fixed(3)) to \(interval.upperBound.fixed(3)))"
        elements.append(
          """
          <line class="line error \(mark)" x1="\(x)" x2="\(x)" \
          y1="\(axes.y(interval.lowerBound).fixed(1))" y2="\(axes.y(interval.upperBound).fixed(1))"/>
          """)
      }
      let steps = quality.method.steps.map { ", \($0) steps" } ?? ""
      elements.append(
        """
        <circle class="point \(mark)" cx="\(x)" cy="\(axes.y(value).fixed(1))" r="4"><title>\
        \(PlotDocument.escaped(series.name))\(steps), \(calls.fixed(1)) calls: \
        \(measure.title) \(value.fixed(3))\(error), \(quality.statistics.count) samples\
        </title></circle>
        """)
    }
    return elements
  }
}
