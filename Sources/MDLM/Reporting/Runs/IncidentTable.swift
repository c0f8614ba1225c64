/// The steps of a run that went wrong: skipped ones and spikes of the loss.
struct IncidentTable {
  /// Rows that are shown.
  static let limit = 20

  private struct Incident {
    let step: Int
    let kind: String
    let text: String
  }

  private let incidents: [Incident]

  init(_ history: RunHistory) {
    let skipped = history.skippedSteps.map { skipped in
      let values = [
        "loss \(skipped.loss?.fixed(4) ?? "not finite")",
        "gradient norm \(skipped.gradientNorm?.fixed(4) ?? "not finite")",
        skipped.batch.map { "batch in \($0)" },
      ]
      return Incident(
        step: skipped.step, kind: "skipped",
        text: values.compactMap { $0 }.joined(separator: ", "))
    }
    let spikes = history.spikes.map { spike in
      let expected = spike.expected.map { value in
        ", expected \(value.fixed(3))" + (spike.deviation.map { " ± \($0.fixed(3))" } ?? "")
      }
      return Incident(
        step: spike.step, kind: "spike",
        text: "loss \(spike.loss?.fixed(3) ?? "not finite")\(expected ?? "")")
    }
    incidents = (skipped + spikes).sorted { ($0.step, $0.kind) < ($1.step, $1.kind) }
  }

  var isEmpty: Bool { incidents.isEmpty }

  /// What of it is shown.
  var note: String {
    incidents.count > Self.limit ? "The last \(Self.limit) of \(incidents.count)." : ""
  }

  var markup: String {
    let rows = incidents.suffix(Self.limit).map { incident in
      """
      <tr><td>\(incident.step.grouped)</td><td><span class="badge \(incident.kind)">\(incident.kind)</span>\
      </td><td>\(incident.text.shown)</td></tr>
      """
    }
    return """
      <div class="scroll"><table><thead><tr><th>step</th><th></th><th></th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      """
  }
}
