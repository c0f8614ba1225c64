/// Charts of a sample over its steps: how much is masked, what each step does, and in which order.
///
/// Each is an inline SVG that the styles of the page colour, with a line `now` that its script moves.
struct TraceCharts {
  private let sample: TraceSample
  private let maskID: Int32
  /// At least 1.
  private let steps: Int

  // The script knows `left` and `right` too.
  private static let left = 44.0
  private static let right = 468.0
  private static let top = 8.0
  private static let bottom = 152.0

  init(_ sample: TraceSample, maskID: Int32) {
    self.sample = sample
    self.maskID = maskID
    steps = max(1, sample.stepCount)
  }

  /// The charts with their captions.
  var figures: [String] {
    let expected = expectedShare
    let lost = hasRemasks ? "; orange: masked again" : ""
    return [
      figure(
        "masked share (%)" + (expected.isEmpty ? "" : "; dashed: the share to expect, time t"),
        percentages + expected + maskedShare),
      figure(
        "tokens revealed in \(stepsPerBar == 1 ? "a step" : "\(stepsPerBar) steps")\(lost)", bars),
      figure("when each place was revealed, the first place on top\(lost)", order),
    ]
  }

  private func figure(_ caption: String, _ content: String) -> String {
    let (left, right) = (Self.left.fixed(0), Self.right.fixed(0))
    let (top, bottom) = (Self.top.fixed(0), Self.bottom.fixed(0))
    return """
      <figure><svg viewBox="0 0 480 176" role="img" aria-label="\(caption.escapedForMarkup)">
      \(content)
      <line class="axis" x1="\(left)" x2="\(right)" y1="\(bottom)" y2="\(bottom)"/>
      <line class="now" x1="\(left)" x2="\(left)" y1="\(top)" y2="\(bottom)"/>
      <text x="\(left)" y="170">0</text>
      <text x="256" y="170" text-anchor="middle">step</text>
      <text x="\(right)" y="170" text-anchor="end">\(sample.stepCount)</text>
      </svg><figcaption>\(caption.escapedForMarkup)</figcaption></figure>
      """
  }

  private var hasRemasks: Bool {
    sample.changes.contains { if case .remasked = $0 { true } else { false } }
  }

  // MARK: Masked share

  /// A staircase that goes down, or up again, when a step is done.
  private var maskedShare: String {
    let free = sample.beginning.count { $0 == maskID }
    var masked = free
    func height() -> String { y(Double(masked) / Double(max(1, free))) }
    var path = "M\(x(0)) \(height())"
    for (step, changes) in changesByStep {
      masked -= changes.revealed - changes.remasked
      path += "H\(x(step + 1))V\(height())"
    }
    return #"<path class="share" d="\#(path)H\#(x(steps))"/>"#
  }

  /// Time before each step, which is the masked share to expect on the log-linear schedule.
  ///
  /// Empty where it is not: where time goes back at a new block, or tokens are masked again.
  private var expectedShare: String {
    let times = sample.changes.map(\.time)
    guard !hasRemasks, !times.isEmpty, zip(times, times.dropFirst()).allSatisfy(>=) else {
      return ""
    }
    var points: [String] = []
    var last: Int?
    for change in sample.changes where change.step != last {
      points.append("\(x(change.step)),\(y(change.time))")
      last = change.step
    }
    return #"<polyline class="expected" points="\#(points.joined(separator: " "))"/>"#
  }

  private var percentages: String {
    [0.0, 0.5, 1].map { share in
      """
      <line class="axis" x1="\(Self.left.fixed(0))" x2="\(Self.right.fixed(0))" y1="\(y(share))" \
      y2="\(y(share))"/><text x="\((Self.left - 6).fixed(0))" y="\(y(share))" dy="0.35em" \
      text-anchor="end">\((100 * share).fixed(0))</text>
      """
    }.joined()
  }

  // MARK: Steps

  /// How many tokens each step revealed and masked again, for steps that did either.
  private var changesByStep: [(step: Int, changes: (revealed: Int, remasked: Int))] {
    var result: [(step: Int, changes: (revealed: Int, remasked: Int))] = []
    for change in sample.changes {
      if result.last?.step != change.step { result.append((change.step, (0, 0))) }
      if case .revealed = change {
        result[result.count - 1].changes.revealed += 1
      } else {
        result[result.count - 1].changes.remasked += 1
      }
    }
    return result
  }

  /// Steps that share a bar where there are more of them than room.
  private var stepsPerBar: Int { (steps + 159) / 160 }

  /// A bar up for what was revealed and one down for what was masked again.
  private var bars: String {
    var bins = [(revealed: Int, remasked: Int)](
      repeating: (0, 0), count: (steps + stepsPerBar - 1) / stepsPerBar)
    for (step, changes) in changesByStep {
      bins[step / stepsPerBar].revealed += changes.revealed
      bins[step / stepsPerBar].remasked += changes.remasked
    }
    let (up, down) = (bins.map(\.revealed).max() ?? 0, bins.map(\.remasked).max() ?? 0)
    guard up + down > 0 else { return "" }
    let scale = (Self.bottom - Self.top) / Double(up + down)
    let level = Self.top + Double(up) * scale
    let width = (Self.right - Self.left) * Double(stepsPerBar) / Double(steps)
    func bar(_ index: Int, _ count: Int, _ kind: String) -> String {
      guard count > 0 else { return "" }
      let left = Self.left + Double(index) * width
      let right = min(left + width, Self.right) - (width > 3 ? 1 : 0)
      let height = Double(count) * scale
      return """
        <rect class="\(kind)" x="\(left.fixed(1))" \
        y="\((kind == "reveals" ? level - height : level).fixed(1))" \
        width="\((right - left).fixed(1))" height="\(height.fixed(1))"/>
        """
    }
    let rectangles = bins.enumerated().map { index, bin in
      bar(index, bin.revealed, "reveals") + bar(index, bin.remasked, "remasks")
    }
    return rectangles.joined() + """
      <text x="\((Self.left - 6).fixed(0))" y="\(Self.top.fixed(0))" dy="0.7em" \
      text-anchor="end">\(up)</text>
      """
  }

  // MARK: Order

  /// A line for every place over the steps in which it has a token, with a mark where it came.
  private var order: String {
    let height = (Self.bottom - Self.top) / Double(max(1, sample.beginning.count))
    let mark = max(2, min(5, (Self.right - Self.left) / Double(steps)))
    var (held, revealed, remasked) = ("", "", "")
    for (place, history) in PlaceHistory.all(of: sample).enumerated() {
      let y = (Self.top + (Double(place) + 0.5) * height).fixed(1)
      for span in history.spans {
        let start = span.start.map { x($0) } ?? x(0)
        if span.token == maskID {
          if span.start != nil { remasked += "M\(start) \(y)h\(mark.fixed(1))" }
        } else {
          held += "M\(start) \(y)H\(x(span.end ?? steps))"
          if span.start != nil { revealed += "M\(start) \(y)h\(mark.fixed(1))" }
        }
      }
    }
    func path(_ kind: String, _ data: String, width: Double) -> String {
      data.isEmpty
        ? "" : #"<path class="\#(kind)" stroke-width="\#(width.fixed(1))" d="\#(data)"/>"#
    }
    return path("held", held, width: height * 0.8)
      + path("revealed", revealed, width: max(1.5, height * 0.9))
      + path("remasked", remasked, width: max(1.5, height * 0.9))
  }

  // MARK: Scales

  private func x(_ step: Int) -> String {
    (Self.left + (Self.right - Self.left) * Double(step) / Double(steps)).fixed(1)
  }

  private func y(_ share: Double) -> String {
    (Self.bottom - (Self.bottom - Self.top) * share).fixed(1)
  }
}
