/// A training run as a page: its figures, its curves, its samples, and how it was made.
///
/// One self-contained HTML file: it needs no network and follows the reader's light or dark colours.
/// Equal runs give equal bytes.
public struct RunPage: Sendable {
  private let history: RunHistory

  public init(_ history: RunHistory) { self.history = history }

  /// Writes the page, or leaves what is there as it was.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: html)
  }

  /// The whole document.
  public var html: String {
    let charts = RunCharts([history], names: [""]).all
    let sections = [
      chartSection(charts), samples, incidents, checkpoints, sessions, configuration, commands,
    ]
    return PageDocument(
      title: history.name, style: Self.style, data: ["charts": .array(charts.map(\.data))],
      script: Self.script
    ).html(
      """
      <main>
      <header>
      <h1>\(history.name.shown) <span class="badge \(history.state.name)">\
      \(history.state.text.shown)</span></h1>
      <dl class="figures">
      \(figures)
      </dl>
      </header>
      \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
      </main>
      """)
  }

  private var figures: String {
    RunFigures(history: history).all.filter { $0.name != "state" }.map { figure in
      """
      <div><dt>\(figure.name)</dt><dd>\(figure.value.shown)</dd>\
      <dd class="hint">\(figure.note.shown)</dd></div>
      """
    }.joined(separator: "\n")
  }

  private func chartSection(_ charts: [RunChart]) -> String {
    guard !charts.isEmpty else {
      return #"<section><p class="hint">There are no metrics yet.</p></section>"#
    }
    return """
      <section class="charts" aria-label="Charts">
      \(charts.map(\.figure).joined(separator: "\n"))
      </section>
      """
  }

  private var samples: String {
    let timeline = SampleTimeline(history)
    guard !timeline.isEmpty else { return "" }
    return section("Samples", timeline.note, timeline.markup)
  }

  private var incidents: String {
    let table = IncidentTable(history)
    return table.isEmpty ? "" : section("Skipped steps and spikes", table.note, table.markup)
  }

  private var checkpoints: String {
    guard !history.checkpoints.isEmpty else { return "" }
    let items = history.checkpoints.map { step in
      let words = [
        step == history.latestCheckpoint ? "latest" : nil,
        step == history.bestCheckpoint ? "best" : nil,
      ].compactMap { $0 }
      let badges = words.map { #" <span class="badge \#($0)">\#($0)</span>"# }.joined()
      return "<li>step \(step.grouped)\(badges)</li>"
    }
    return section(
      "Checkpoints", "in \(history.directory.path)/checkpoints",
      #"<ul class="checkpoints">\#(items.joined())</ul>"#)
  }

  private var sessions: String {
    let table = SessionTable(history)
    return history.sessions.isEmpty ? "" : section("Sessions", table.note, table.markup)
  }

  private var configuration: String {
    guard let configuration = history.configuration else { return "" }
    let listing = ConfigurationListing(configuration)
    let count = listing.lines.count { $0.otherDefault != nil }
    return section(
      "Configuration", "\(count) settings are not as they would be by default; they are marked.",
      "<pre class=\"configuration\">\(listing.markup)</pre>")
  }

  private var commands: String {
    let lines = RunCommands(history).lines
    return section(
      "Commands", "", "<pre>\(lines.map(\.shown).joined(separator: "\n"))</pre>")
  }

  private func section(_ title: String, _ note: String, _ content: String) -> String {
    let hint = note.isEmpty ? "" : "<p class=\"hint\">\(note.shown)</p>\n"
    return "<section>\n<h2>\(title)</h2>\n\(hint)\(content)\n</section>"
  }
}

extension RunHistory {
  /// What pages call the run: the last part of its path.
  var name: String {
    let name = FileSystem.split(FileSystem.realPath(directory.path) ?? directory.path).name
    return directory.path.hasSuffix(".") ? name : FileSystem.split(directory.path).name
  }
}

extension String {
  /// The text as content of an element, with signs in place of what would not show.
  var shown: String { showingControls.escapedForMarkup }
}
