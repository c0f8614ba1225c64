#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Two training runs on one page: shared charts, figures side by side, and what differs in their
/// settings.
///
/// One self-contained HTML file like ``RunPage``.
public struct RunComparisonPage: Sendable {
  private let histories: [RunHistory]
  /// What the runs are called, which is not the same.
  private let names: [String]

  public init(_ first: RunHistory, _ second: RunHistory) {
    histories = [first, second]
    let short = histories.map(\.name)
    let long = histories.map(\.directory.path)
    names =
      short[0] != short[1]
      ? short : long[0] != long[1] ? long : ["\(long[0]) (1)", "\(long[1]) (2)"]
  }

  /// Writes the page, or leaves what is there as it was.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: html)
  }

  /// The whole document.
  public var html: String {
    let charts = RunCharts(histories, names: names).all
    let sections = [figures, configuration, chartSection(charts), samples]
    return PageDocument(
      title: names.joined(separator: " and "), style: RunPage.style,
      data: ["charts": .array(charts.map(\.data))], script: RunPage.script
    ).html(
      """
      <main>
      <header>
      <h1>\(title(0)) and \(title(1))</h1>
      </header>
      \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
      </main>
      """)
  }

  private func title(_ index: Int) -> String {
    #"<span class="run\#(index)">\#(names[index].shown)</span>"#
  }

  private var figures: String {
    let columns = histories.map { RunFigures(history: $0).all }
    let rows = zip(columns[0], columns[1]).map { first, second in
      let cells = [first, second].map { figure in
        """
        <td><b>\(figure.value.shown)</b> <span class="hint">\(figure.note.shown)</span></td>
        """
      }
      return "<tr><th>\(first.name)</th>\(cells.joined())</tr>"
    }
    return """
      <section>
      <div class="scroll"><table class="figures">
      <thead><tr><th></th><th>\(title(0))</th><th>\(title(1))</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(verdict)
      </section>
      """
  }

  /// How far the best validations lie apart, as far as their errors allow to say.
  ///
  /// Both are measured on the same rows with the same draws where data and seed are the same, so the
  /// errors are not independent and the sentence claims nothing more than the two intervals.
  private var verdict: String {
    guard let first = histories[0].bestValidation, let second = histories[1].bestValidation,
      let a = first.nll, let b = second.nll, a != b
    else { return "" }
    let better = a < b ? 0 : 1
    let difference = abs(a - b)
    var text =
      "\(title(better)) is better by \(difference.fixed(4)) nats a token: its perplexity is "
      + "\((100 * (1 - exp(-difference))).fixed(1)) % lower."
    if let low = first.interval, let high = second.interval {
      text +=
        low.overlaps(high) ? " The 95 % intervals overlap." : " The 95 % intervals do not overlap."
    }
    let tokenizers = histories.compactMap { $0.configuration?.data.tokenizer }
    if Set(tokenizers).count > 1 {
      text = "The runs have other tokens, so nats a token and perplexities do not compare."
    }
    return #"<p class="verdict">\#(text)</p>"#
  }

  private var configuration: String {
    guard let first = histories[0].configuration, let second = histories[1].configuration else {
      return ""
    }
    let difference = ConfigurationListing.difference(first, second)
    let content =
      difference.isEmpty
      ? #"<p class="hint">There is none: all settings are the same.</p>"#
      : "<pre class=\"difference\">\(difference)</pre>"
    return "<section>\n<h2>What differs in the settings</h2>\n\(content)\n</section>"
  }

  private func chartSection(_ charts: [RunChart]) -> String {
    charts.isEmpty
      ? ""
      : """
      <section class="charts" aria-label="Charts">
      \(charts.map(\.figure).joined(separator: "\n"))
      </section>
      """
  }

  private var samples: String {
    let columns = histories.enumerated().compactMap { index, history -> String? in
      let timeline = SampleTimeline(history)
      guard let step = timeline.lastStep else { return nil }
      return """
        <div><p class="when"><b class="run\(index)">\(names[index].shown)</b> step \(step.grouped)</p>
        \(timeline.lastTexts.joined())</div>
        """
    }
    guard !columns.isEmpty else { return "" }
    return """
      <section>
      <h2>Last samples</h2>
      <div class="texts pair">\(columns.joined(separator: "\n"))</div>
      </section>
      """
  }
}
