import MDLM

/// The table of a suite of protocols.
struct SuiteTable {
  private var rows: [[String]] = []
  private var reports: [EvaluationReport] = []

  /// Whether nothing is measured yet.
  var isEmpty: Bool { reports.isEmpty }

  mutating func add(_ published: DataProtocol, _ report: EvaluationReport) {
    let estimate = report.estimate
    let interval = estimate.perplexityInterval.map {
      "\(number($0.lowerBound)) to \(number($0.upperBound))"
    }
    rows.append([
      published.name, number(estimate.perplexity), interval ?? "", paper(published),
      "\(estimate.tokens)", "\(estimate.sequences)", "\(report.manifest.rows.prefix(12))",
    ])
    reports.append(report)
  }

  mutating func addMissing(_ published: DataProtocol) {
    rows.append([published.name, "not there", "", paper(published), "", "", ""])
  }

  private func paper(_ published: DataProtocol) -> String { published.published.map(number) ?? "" }

  private func number(_ value: Double) -> String { NumberFormat.fixed(value, digits: 2) }

  /// What all figures were made with.
  private var footer: [String] {
    guard let first = reports.first else { return [] }
    let samples = reports.map(\.estimate.samples)
    let (least, most) = (samples.min() ?? 1, samples.max() ?? 1)
    let draws = least == most ? first.draws : "\(least) to \(most) draws, "
    let calls = reports.reduce(0) { $0 + $1.estimate.networkCalls }
    return [
      "", first.estimatorLine, "made with       \(draws)\(calls) network calls\(first.seed)",
      first.manifest.modelLine,
    ]
  }

  /// The table with its head, columns aligned, and what all figures were made with.
  var lines: [String] {
    let head = [
      "corpus", "perplexity", "95 % interval", "MDLM paper", "tokens", "rows", "their SHA-256",
    ]
    let table = [head] + rows
    let widths = head.indices.map { column in
      table.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return table.map { row in
      let line = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.unicodeScalars.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    } + footer
  }
}
