/// Which charts there are of one run, or of several that share them.
struct RunCharts {
  private let histories: [RunHistory]
  /// What each run is called; a run alone has no name in its charts.
  private let names: [String]

  init(_ histories: [RunHistory], names: [String]) {
    self.histories = histories
    self.names = names
  }

  /// Charts that have something to show.
  var all: [RunChart] {
    let charts =
      [loss, maskedShare, shareOverSteps, validationOverTime, gradientNorm, learningRate]
      + [throughput, memory]
    return charts.compactMap { $0 }.filter { chart in chart.series.contains { !$0.isEmpty } }
  }

  private var isComparison: Bool { histories.count > 1 }

  private var steps: PlotScale { .steps(to: histories.map(\.step).max() ?? 0) }

  private var marks: [ChartMark] { isComparison ? [] : histories.flatMap(ChartMark.all) }

  /// The name of a series, and in a comparison that of its run, too.
  private func name(_ index: Int, _ what: String) -> String {
    isComparison ? "\(names[index]): \(what)" : what
  }

  /// The class that colours a run.
  private func hue(_ index: Int) -> String { "run\(index)" }

  // MARK: Loss

  private var loss: RunChart? {
    var series: [ChartSeries] = []
    var (most, all): ([Double], [Double]) = ([], [])
    for (index, history) in histories.enumerated() {
      let raw = ChartSeries(
        name: name(index, "training loss"), kind: "\(hue(index)) raw",
        points: .init(history.training, x: \.step, y: \.loss))
      let means = ChartSeries(
        name: "", kind: "",
        points: .init(averaging: history.training, x: \.step, y: { $0.meanLoss ?? $0.loss }))
      let smooth = means.smoothed(name: name(index, "training, smoothed"), kind: hue(index))
      let validation = validations(of: history) { Double($0.step) }
      // Two runs and all their points would hide each other.
      if smooth == nil || !isComparison {
        series.append(raw.thinned(columns: RunChart.wideColumns))
      }
      if let smooth { series.append(smooth.thinned(columns: RunChart.wideColumns)) }
      let line = ChartSeries(
        name: "", kind: "\(validationHue(index)) thread", points: validation)
      let dots = ChartSeries(
        name: name(index, "validation ± 95 %"),
        kind: validationHue(index) + (validation.count > 60 ? " many" : ""), form: .dots,
        points: validation)
      let best = ChartSeries(
        name: name(index, "best"), kind: "\(validationHue(index)) best", form: .dots,
        points: .init(
          history.bestValidation.map { [$0] } ?? [], x: \.step, y: \.nll))
      series += isComparison ? [line, dots] : [line, best, dots]
      most += raw.points.map(\.y)
      all += validation.flatMap { [$0.y - ($0.halfInterval ?? 0), $0.y + ($0.halfInterval ?? 0)] }
      all += smooth?.points.dropFirst(10).map(\.y) ?? []
    }
    let scale = PlotScale.linear(
      aroundMost: most, andAll: [all.min(), all.max()].compactMap { $0 })
    let beyond = most.count { !scale.range.contains($0) }
    return RunChart(
      id: "loss", title: "Loss (nats a token)",
      note: beyond == 0 || isComparison
        ? "" : "\(beyond) point\(beyond == 1 ? " lies" : "s lie") beyond the frame",
      horizontal: steps, vertical: scale, series: series, marks: marks, isWide: true)
  }

  private func validationHue(_ index: Int) -> String { isComparison ? hue(index) : "validation" }

  private func validations(
    of history: RunHistory, x: (RunHistory.Validation) -> Double?
  ) -> [ChartSeries.Point] {
    history.validations.compactMap { validation in
      guard let nll = validation.nll, let x = x(validation) else { return nil }
      let half = validation.interval.map { ($0.upperBound - $0.lowerBound) / 2 }
      return ChartSeries.Point(x: x, y: nll, halfInterval: half)
    }
  }

  /// Validations against the time that training took, which is what differs between runs that take
  /// steps of different cost.
  private var validationOverTime: RunChart? {
    guard isComparison else { return nil }
    let times = histories.map { history in
      let clock = RunClock(history)
      return validations(of: history) { clock.seconds(of: $0).map { $0 / 3600 } }
    }
    let last = times.compactMap { $0.last?.x }.max() ?? 0
    let unit = last > 2 ? ("hours", 1.0) : ("minutes", 60.0)
    let series = times.enumerated().flatMap { index, points in
      let points = points.map { point in
        ChartSeries.Point(x: point.x * unit.1, y: point.y, halfInterval: point.halfInterval)
      }
      return [
        ChartSeries(name: "", kind: "\(hue(index)) thread", points: points),
        ChartSeries(name: name(index, "validation"), kind: hue(index), form: .dots, points: points),
      ]
    }
    return RunChart(
      id: "time", title: "Validation loss (nats a token) by training time",
      horizontal: .amounts(to: last * unit.1), horizontalTitle: unit.0,
      vertical: .linear(aroundMost: [], andAll: series.flatMap(\.points).map(\.y)), series: series)
  }

  // MARK: Masked share

  private var maskedShare: RunChart? {
    var series: [ChartSeries] = []
    for (index, history) in histories.enumerated() {
      let measured = history.measuredShares
      guard !measured.isEmpty else { continue }
      let picks = isComparison ? [measured.count - 1] : [0, measured.count / 2, measured.count - 1]
      for (age, pick) in picks.enumerated() {
        if age > 0, pick == picks[age - 1] { continue }
        let kind = isComparison ? hue(index) : "\(hue(index)) age\(age)"
        series.append(
          ChartSeries(
            name: name(index, "step \(measured[pick].step.grouped)"), kind: kind,
            points: (0..<MaskedShareLosses.count).compactMap { tenth in
              measured[pick].losses[tenth].map {
                ChartSeries.Point(x: 10 * Double(tenth) + 5, y: $0)
              }
            }))
      }
    }
    let highest = series.flatMap(\.points).map(\.y).max() ?? 0
    return RunChart(
      id: "share", title: "Loss by masked share",
      horizontal: PlotScale(
        range: 0...100,
        ticks: stride(from: 0, through: 100, by: 20).map {
          PlotScale.Tick(value: Double($0), label: "\($0)")
        }, isLogarithmic: false),
      horizontalTitle: "% of the row masked", vertical: .linear(to: highest), series: series)
  }

  private var shareOverSteps: RunChart? {
    guard !isComparison, let history = histories.first else { return nil }
    let isTraining = history.training.contains { $0.lossByMaskedShare != nil }
    let series = (0..<MaskedShareLosses.count).map { tenth in
      let points: [ChartSeries.Point] =
        isTraining
        ? .init(averaging: history.training, x: \.step) { $0.lossByMaskedShare?[tenth] }
        : .init(averaging: history.validations, x: \.step) { $0.lossByMaskedShare?[tenth] }
      let whole = ChartSeries(
        name: "\(10 * tenth)–\(10 * tenth + 10) % masked", kind: "tenth\(tenth)", points: points)
      return (whole.smoothed(name: whole.name, kind: whole.kind) ?? whole).thinned(columns: 100)
    }
    let values = series.flatMap(\.points).map(\.y)
    let gradient = #"few masked <i class="scale"></i> all masked"#
    return RunChart(
      id: "tenths", title: "Loss by masked share over the run",
      horizontal: steps, vertical: .linear(to: values.max() ?? 0), series: series,
      legend: #"<span class="key">\#(gradient)</span>"#)
  }

  // MARK: Optimizer

  private var learningRate: RunChart? {
    let series = lines("learning rate", \.learningRate)
    return RunChart(
      id: "rate", title: "Learning rate", horizontal: steps,
      vertical: .linear(to: greatest(series)),
      series: series)
  }

  private var gradientNorm: RunChart? {
    func norm(_ point: RunHistory.TrainingPoint) -> Double? {
      point.gradientNorm.flatMap { (1e-30...1e30).contains($0) ? $0 : nil }
    }
    let raw = lines("gradient norm", kind: " raw", norm)
    let series = zip(histories, raw).enumerated().flatMap { index, pair -> [ChartSeries] in
      let means = ChartSeries(
        name: "", kind: "", points: .init(averaging: pair.0.training, x: \.step, y: norm))
      guard let smooth = means.smoothed(name: name(index, "smoothed"), kind: hue(index)) else {
        return [pair.1]
      }
      return (isComparison ? [] : [pair.1]) + [smooth.thinned(columns: RunChart.columns)]
    }
    let clips = Set(histories.compactMap { $0.configuration?.trainer.gradientClipVal })
    let clip = clips.count == 1 ? clips.first.flatMap { $0 > 0 ? $0 : nil } : nil
    return RunChart(
      id: "norm", title: "Gradient norm", horizontal: steps,
      vertical: .logarithmic(around: series.flatMap(\.points).map(\.y)), series: series,
      marks: marks, level: clip.map { ($0, "clipped at \($0.shortened)") })
  }

  // MARK: Machine

  private var throughput: RunChart? {
    let series = lines("tokens a second", \.tokensPerSecond)
    return RunChart(
      id: "speed", title: "Tokens a second", horizontal: steps,
      vertical: .amounts(to: greatest(series)), series: series,
      marks: marks.filter { $0.kind == .resumed })
  }

  private var memory: RunChart? {
    let series = lines("memory", \.memory)
    return RunChart(
      id: "memory", title: "Memory (MB)", horizontal: steps,
      vertical: .amounts(to: greatest(series)), series: series)
  }

  private func lines(
    _ what: String, kind: String = "", _ value: (RunHistory.TrainingPoint) -> Double?
  ) -> [ChartSeries] {
    histories.enumerated().map { index, history in
      ChartSeries(
        name: name(index, what), kind: hue(index) + kind,
        points: .init(history.training, x: \.step, y: value)
      ).thinned(columns: RunChart.columns)
    }
  }

  private func greatest(_ series: [ChartSeries]) -> Double {
    series.flatMap(\.points).map(\.y).max() ?? 0
  }
}

extension RunHistory {
  /// The losses by masked share that validations measured, or training where none did.
  fileprivate var measuredShares: [(step: Int, losses: MaskedShareLosses)] {
    let measured = validations.compactMap { validation in
      validation.lossByMaskedShare.map { (step: validation.step, losses: $0) }
    }
    if !measured.isEmpty { return measured }
    return training.compactMap { point in
      point.lossByMaskedShare.map { (step: point.step, losses: $0) }
    }
  }
}
