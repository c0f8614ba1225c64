/// The picture of what samplers give for what they cost: quality against calls of the network.
///
/// One panel shows generative perplexity, where a judge measured it, and one the unigram entropy of
/// samples: a sampler that lowers the first by lowering the second says less, not better. Every
/// sampler is a line over its groups of samples; the level of real text is dashed. A self-contained
/// SVG that follows the reader's light or dark colours.
public struct FrontierPlot: Sendable {
  /// A group of samples and the name of the line that it belongs to.
  public struct Point: Sendable {
    public let series: String
    public let quality: SampleQuality

    public init(series: String, quality: SampleQuality) {
      self.series = series
      self.quality = quality
    }
  }

  private let series: [FrontierSeries]
  private let realText: SampleQuality?

  /// Makes the picture, or returns nil where no group tells its calls of the network.
  ///
  /// - Parameters:
  ///   - points: Groups of samples; those that do not tell their calls are left out.
  ///   - realText: The figures of real text, where they are known.
  public init?(_ points: [Point], realText: SampleQuality?) {
    var series: [FrontierSeries] = []
    for point in points {
      guard let calls = point.quality.statistics.networkCalls, calls > 0, calls.isFinite else {
        continue
      }
      if let index = series.firstIndex(where: { $0.name == point.series }) {
        series[index].qualities.append(point.quality)
      } else {
        series.append(
          FrontierSeries(
            name: point.series, number: series.count, qualities: [point.quality]))
      }
    }
    if series.isEmpty { return nil }
    self.series = series
    self.realText = realText
  }

  /// Writes the picture, or leaves what is there as it was.
  ///
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: svg)
  }

  private static let width = 760.0
  private static let panelHeight = 220.0
  private static let left = 84.0

  /// The whole document.
  public var svg: String {
    let title = "Quality against network calls"
    let judge = series.lazy.flatMap(\.qualities).compactMap(\.perplexity).first?.judge
    let note = judge.map { "perplexity under \($0); " } ?? ""
    let description = note + "bars are 95 % intervals over samples"
    let legend = legend(from: 71)
    let panels = panels(from: legend.bottom + 18)
    let bottom = panels.last?.axes.frame.bottom ?? 0
    let document = PlotDocument(
      width: Self.width, height: bottom + 62, title: title, description: description,
      series: series.map(\.hue))
    let heading = """
      <text class="title" x="\(Self.left.fixed(0))" y="26">\(title)</text>
      <text class="note" x="\(Self.left.fixed(0))" y="46">\
      \(PlotDocument.escaped(description))</text>
      """
    return document.svg([heading] + legend.elements + panels.flatMap(\.elements))
  }

  private func panels(from top: Double) -> [FrontierPanel] {
    let measures = [FrontierMeasure.perplexity, .entropy].filter { measure in
      series.contains { $0.qualities.contains { measure.value($0) != nil } }
    }
    let calls = series.flatMap(\.qualities).compactMap(\.statistics.networkCalls)
    return measures.enumerated().map { index, measure in
      let start = top + Double(index) * (Self.panelHeight + 34)
      return FrontierPanel(
        measure: measure, series: series, realText: realText.flatMap(measure.value),
        frame: PlotAxes.Frame(
          left: Self.left, right: Self.width - 24, top: start, bottom: start + Self.panelHeight),
        calls: .logarithmic(around: calls), isLast: index == measures.count - 1)
    }
  }

  /// The names of the lines, in as many rows as they need.
  private func legend(from top: Double) -> (elements: [String], bottom: Double) {
    var (x, y) = (Self.left, top)
    var elements: [String] = []
    func add(_ name: String, _ mark: String, dashes: String = "") {
      // Letters are about seven units wide at this size.
      let width = 56 + 7 * Double(name.unicodeScalars.count)
      if x > Self.left, x + width > Self.width - 24 { (x, y) = (Self.left, y + 20) }
      elements.append(
        """
        <line class="\(mark)"\(dashes) x1="\(x.fixed(0))" x2="\((x + 24).fixed(0))" \
        y1="\((y - 4).fixed(0))" y2="\((y - 4).fixed(0))"/>
        <text class="note" x="\((x + 32).fixed(0))" y="\(y.fixed(0))">\
        \(PlotDocument.escaped(name))</text>
        """)
      x += width
    }
    for line in series {
      add(line.name, "line series\(line.number)", dashes: line.dashes)
    }
    if realText != nil { add("real text", "level") }
    return (elements, y)
  }
}

/// The groups of samples of one sampler.
struct FrontierSeries: Sendable {
  let name: String
  let number: Int
  var qualities: [SampleQuality]

  /// Hues that differ in lightness too, for readers who do not tell all colours apart.
  private static let hues = [
    ("#0969da", "#4493f8"), ("#bc4c00", "#f0883e"), ("#1a7f37", "#3fb950"),
    ("#8250df", "#b988ff"), ("#bf3989", "#ff80c8"), ("#59636e", "#9198a1"),
  ].map { PlotDocument.Hue(light: $0.0, dark: $0.1) }

  var hue: PlotDocument.Hue { Self.hues[number % Self.hues.count] }

  /// What tells a line from an earlier one of the same hue, as an attribute.
  var dashes: String {
    switch number / Self.hues.count {
    case 0: ""
    case 1: " stroke-dasharray=\"8 4\""
    default: " stroke-dasharray=\"2 3\""
    }
  }
}
