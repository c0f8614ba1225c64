/// A sample of a trace as an animated picture: masks that turn into words, over and over.
///
/// The SVG moves by CSS alone, so it plays where scripts do not run, such as an image in a README.
/// It follows the reader's light or dark colours, shows the final text to who prefers reduced
/// motion and to programs that know no CSS animation, and needs nothing from elsewhere. A place
/// that was masked again shows all its tokens in turn, each squeezed into the width of the last.
public struct TraceAnimation: Sendable {
  private let trace: GenerationTrace
  private let sample: TraceSample
  private let layout: TokenLayout
  private let timing: AnimationTiming
  private let columns: Int

  /// - Parameters:
  ///   - trace: What was recorded.
  ///   - sample: One of its samples.
  ///   - columns: The width of the text, in characters.
  public init(_ trace: GenerationTrace, _ sample: TraceSample, columns: Int = 80) {
    self.trace = trace
    self.sample = sample
    let final = sample.end ?? sample.lastFrame
    let mask = trace.header.maskID
    layout = TokenLayout(
      final.map { $0 == mask ? "░" : trace.text(of: $0) }, columns: columns)
    timing = AnimationTiming(steps: sample.stepCount)
    self.columns = max(
      columns / 2, layout.cells.map { $0.column + $0.width }.max() ?? 0)
  }

  /// Writes the picture, or leaves what is there as it was.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: svg)
  }

  /// The whole document.
  public var svg: String {
    var keyframes = TokenKeyframes(timing)
    let histories = PlaceHistory.all(of: sample)
    let tokens = layout.cells.map { cell in element(cell, histories[cell.place], &keyframes) }
    let parts =
      [opening, Self.style, timing.barKeyframes, keyframes.rules, "</style>"]
      + [#"<rect class="page" width="100%" height="100%" rx="6"/>"#] + tokens + [footer, "</svg>"]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  // MARK: Geometry, in pixels

  private static let column = 8.4
  private static let line = 24.0
  private static let margin = 20.0
  private static let fontSize = 14.0

  private var width: Double { Double(columns) * Self.column + 2 * Self.margin }
  private var textHeight: Double { Double(layout.lineCount) * Self.line }
  private var height: Double { textHeight + 2 * Self.margin + 26 }

  // MARK: Elements

  private var opening: String {
    let final = (sample.end ?? sample.lastFrame).filter { $0 != trace.header.maskID }
    let text = final.map { trace.text(of: $0) }.joined().showingControls
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.fixed(0)) \(height.fixed(0))" \
      width="\(width.fixed(0))" height="\(height.fixed(0))" role="img" \
      aria-labelledby="title description">
      <title id="title">Text appears word by word, in any order, where masks were</title>
      <desc id="description">\(text.escapedForMarkup)</desc>
      """
  }

  private func element(
    _ cell: TokenLayout.Cell, _ history: PlaceHistory, _ keyframes: inout TokenKeyframes
  ) -> String {
    let x = Self.margin + Double(cell.column) * Self.column
    let y = Self.margin + Double(cell.line) * Self.line
    let width = Double(cell.width) * Self.column
    var parts: [String] = []
    let masked = history.spans.filter { $0.token == trace.header.maskID }
    if !masked.isEmpty {
      parts.append(
        """
        <rect class="\(keyframes.maskClass(masked))" x="\((x + 0.5).fixed(1))" \
        y="\((y + 3).fixed(1))" width="\((width - 1).fixed(1))" height="18"/>
        """)
    }
    for span in history.spans where span.token != trace.header.maskID {
      let isLast = span.end == nil
      let shown = isLast ? cell.text : trace.text(of: span.token).showingControls.trimmed
      guard !shown.isEmpty, shown != " " else { continue }
      // A token that did not stay may be wider than the one that did.
      let textWidth = min(width, Double(max(1, shown.displayWidth)) * Self.column)
      let kind = keyframes.textClass(span) + (shown.contains("⏎") ? " e" : "")
      parts.append(
        """
        <text class="\(kind)" x="\(x.fixed(1))" y="\((y + 17).fixed(1))" \
        textLength="\(textWidth.fixed(1))" lengthAdjust="spacingAndGlyphs">\
        \(shown.escapedForMarkup)</text>
        """)
    }
    return parts.joined()
  }

  /// How the text came about, and a bar that grows with the steps.
  private var footer: String {
    let y = Self.margin + textHeight + 14
    var facts = "\(trace.header.predictor), \(trace.header.steps) steps"
    if let calls = sample.networkCalls {
      facts += ", \(calls) network call\(calls == 1 ? "" : "s")"
    }
    return """
      <path class="bar" d="M\(Self.margin.fixed(0)) \(y.fixed(1))H\((width - Self.margin).fixed(1))" \
      pathLength="1"/>
      <text class="note" x="\(Self.margin.fixed(0))" y="\((y + 20).fixed(1))">\
      \(facts.escapedForMarkup)</text>
      """
  }
}

extension String {
  /// The text without spaces and line feeds around it, the latter shown inside it.
  fileprivate var trimmed: String {
    let blanks: Set<Character> = [" ", "\n"]
    guard let first = firstIndex(where: { !blanks.contains($0) }),
      let last = lastIndex(where: { !blanks.contains($0) })
    else { return contains("\n") ? "⏎" : isEmpty ? "" : "·" }
    return String(self[first...last].map { $0 == "\n" ? "⏎" : $0 })
  }
}

extension TraceAnimation {
  // What stands outside keyframes is the final text in plain colours: readers outside browsers know
  // neither variables nor animation.
  private static let style = """
    <style>
    text { font: \(fontSize.fixed(0))px ui-monospace, SFMono-Regular, Menlo, Consolas, \
    "DejaVu Sans Mono", monospace; white-space: pre; fill: #1f2328; color: #1f2328; }
    .page { fill: #ffffff; }
    .note { font-size: 12px; fill: #59636e; }
    .e { fill: #818b98; color: #818b98; }
    rect { fill: #d1d9e0; }
    .m, .g { fill-opacity: 0; }
    .bar { stroke: #1a7f37; stroke-width: 2; stroke-dasharray: 1; }
    svg { --new: #1a7f37; }
    @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; color: #f0f6fc; }
    .page { fill: #0d1117; }
    .note { fill: #9198a1; }
    .e { fill: #656c76; color: #656c76; }
    rect { fill: #3d444d; }
    .bar { stroke: #3fb950; }
    svg { --new: #3fb950; }
    }
    @media (prefers-reduced-motion: reduce) { svg * { animation: none !important; } }
    """
}
