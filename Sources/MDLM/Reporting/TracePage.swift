/// Samples of traces as a page that shows how they were drawn, step by step.
///
/// One self-contained HTML file: it needs no network and follows the reader's light or dark colours.
/// Several samples stand side by side and share a slider of relative time. Equal input gives equal
/// bytes.
public struct TracePage: Sendable {
  /// One sample and what to call it.
  public struct Entry: Sendable {
    public let title: String
    public let trace: GenerationTrace
    public let sample: TraceSample

    public init(title: String, trace: GenerationTrace, sample: TraceSample) {
      self.title = title
      self.trace = trace
      self.sample = sample
    }
  }

  let entries: [Entry]

  public init(_ entries: [Entry]) { self.entries = entries }

  /// Writes the page, or leaves what is there as it was.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: html)
  }

  /// The whole document.
  public var html: String {
    let document = PageDocument(
      title: entries.map(\.title).joined(separator: ", "), style: Self.style, data: data,
      script: Self.script)
    return document.html(
      """
      <header>
      <h1>How masks became text</h1>
      \(Self.controls)
      </header>
      <main>
      \(entries.enumerated().map { section($1, $0) }.joined(separator: "\n"))
      </main>
      """)
  }

  /// One sample: its facts, its text and its charts.
  private func section(_ entry: Entry, _ index: Int) -> String {
    let charts = TraceCharts(entry.sample, maskID: entry.trace.header.maskID)
    let text = entry.final.map { entry.trace.text(of: $0) }.joined().showingControls
    let facts = entry.facts.map { "<span>\($0.0) <b>\($0.1.escapedForMarkup)</b></span>" }
    return """
      <section aria-label="\(entry.title.escapedForMarkup)">
      <h2>\(entry.title.escapedForMarkup)</h2>
      <p class="facts">\(facts.joined(separator: " "))</p>
      <p class="state" id="state-\(index)"></p>
      <div class="text" id="text-\(index)" role="group" aria-label="The text at this step">\
      \(text.escapedForMarkup)</div>
      <p class="hint">Point at a token for what the model believed; click it for what it saw.</p>
      <div class="detail" id="detail-\(index)" aria-live="polite" hidden></div>
      <div class="charts">
      \(charts.figures.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private static let controls = """
    <div class="controls">
    <button id="play" aria-label="Play or pause">▶</button>
    <input id="slider" type="range" min="0" aria-label="Step">
    <fieldset><legend>Colour by</legend>
    <label><input type="radio" name="mode" value="recency" checked> recency</label>
    <label><input type="radio" name="mode" value="step"> step</label>
    <label><input type="radio" name="mode" value="confidence"> confidence</label>
    </fieldset>
    <p id="legend"></p>
    </div>
    """
}

extension TracePage.Entry {
  /// The final tokens, as far as they are known.
  fileprivate var final: [Int32] { sample.end ?? sample.lastFrame }

  /// What was asked for, and what it took.
  fileprivate var facts: [(String, String)] {
    let header = trace.header
    var facts = [
      ("predictor", header.predictor), ("schedule", header.schedule), ("grid", header.grid),
      ("steps", "\(header.steps)"), ("seed", "\(header.seed)"), ("sample", "\(sample.index)"),
      ("tokens", "\(sample.beginning.count)"),
    ]
    facts += header.settings.map { ($0.name.escapedForMarkup, $0.value.text) }
    facts.append(
      sample.networkCalls.map { ("network calls", "\($0)") } ?? ("state", "unfinished"))
    facts.append(("model", String(header.model.prefix(12))))
    return facts
  }
}
