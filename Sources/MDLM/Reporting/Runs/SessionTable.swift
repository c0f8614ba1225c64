/// The processes that trained a run, and what they ran on.
struct SessionTable {
  /// Rows that are shown.
  static let limit = 30

  private let history: RunHistory
  private let durations: [Double]

  init(_ history: RunHistory) {
    self.history = history
    durations = history.durations
  }

  /// What of it is shown.
  var note: String {
    let count = history.sessions.count
    return count > Self.limit ? "The last \(Self.limit) of \(count)." : ""
  }

  /// The table.
  var markup: String {
    let head = ["", "began", "steps", "time", "ended", "machine", "software"]
    let rows = history.sessions.indices.suffix(Self.limit).map(row).joined(separator: "\n")
    return """
      <div class="scroll"><table class="sessions">
      <thead><tr>\(head.map { "<th>\($0)</th>" }.joined())</tr></thead>
      <tbody>
      \(rows)
      </tbody></table></div>
      """
  }

  private func row(_ index: Int) -> String {
    let session = history.sessions[index]
    let last = history.lastStep(ofSession: index)
    let time = RunFigures.duration(durations[index])
    let machine = [
      session.host, session.processor,
      session.threads.map { $0 == 1 ? "1 thread" : "\($0) threads" },
    ]
    let software = [session.version.map { "mdlm \($0)" }, session.blas, session.system]
    let cells = [
      "\(index + 1)", session.time.map(Self.moment) ?? "",
      "\(session.step.grouped) to \(last.grouped)", time, ended(index), Self.lines(machine),
      Self.lines(software),
    ]
    let changes = session.changes.map { "<li><code>\(Self.escaped($0))</code></li>" }.joined()
    return "<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>"
      + (changes.isEmpty
        ? ""
        : #"<tr class="changes"><td></td><td colspan="6">changed on resuming:<ul>\#(changes)</ul></td></tr>"#)
  }

  private func ended(_ index: Int) -> String {
    if let end = history.sessions[index].end {
      return Self.escaped(end.reason.replacing("_", with: " "))
    }
    let isLast = index == history.sessions.count - 1
    return isLast && history.isLocked ? "running" : "killed"
  }

  /// `2026-11-27T20:40:00Z` as `2026-11-27 20:40 UTC`; other texts as they are.
  private static func moment(_ time: String) -> String {
    let parts = time.split(separator: "T")
    guard parts.count == 2, parts[1].hasSuffix("Z") else { return escaped(time) }
    return escaped("\(parts[0]) \(parts[1].prefix(5)) UTC")
  }

  private static func lines(_ texts: [String?]) -> String {
    texts.compactMap { $0 }.filter { !$0.isEmpty }.map(escaped).joined(separator: "<br/>")
  }

  private static func escaped(_ text: String) -> String { text.showingControls.escapedForMarkup }
}
