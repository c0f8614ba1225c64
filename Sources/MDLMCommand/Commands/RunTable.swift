import MDLM

/// Runs as a table, columns aligned; those that cannot be read say why below it.
struct RunTable {
  private let rows: [RunRow]

  init(_ rows: [RunRow]) { self.rows = rows }

  var lines: [String] {
    let head = ["run", "state", "step", "best nats", "perplexity", "parameters", "written (UTC)"]
    let table = [head] + rows.map(cells)
    let widths = head.indices.map { column in
      table.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    let aligned = table.map { row in
      let cells = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.unicodeScalars.count)
        return Self.isText(column) ? text + padding : padding + text
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    let failures = rows.compactMap(\.failure)
    return aligned + (failures.isEmpty ? [] : [""] + failures.map { "unreadable: \($0)" })
  }

  private static func isText(_ column: Int) -> Bool { [0, 1, 6].contains(column) }

  private func cells(_ row: RunRow) -> [String] {
    let written = String(row.writtenText.prefix(16)).replacing("T", with: " ")
    return [
      row.path.safe, (row.state?.text ?? "unreadable").safe,
      row.step.map { "\($0)" + (row.maxSteps.map { "/\($0)" } ?? "") } ?? "",
      row.best?.nll.map { NumberFormat.fixed($0, digits: 4) } ?? "",
      row.best?.perplexity.map { NumberFormat.fixed($0, digits: 2) } ?? "",
      row.parameters.map { NumberFormat.count(Double($0)) } ?? "", written,
    ]
  }
}

extension String {
  /// The text without what would act on the terminal.
  fileprivate var safe: String { showingControls.replacing("\n", with: "⏎") }
}
