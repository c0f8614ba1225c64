import MDLM

/// The figures of one group of samples, and where they come from.
struct QualityRow {
  let file: String
  /// Whether these are pieces of real text, which samples are compared with.
  let isRealText: Bool
  let unit: SampleReader.Unit
  let quality: SampleQuality
}

/// Figures of samples as a table that Markdown takes, too; columns without a figure are left out.
struct QualityTable {
  private let rows: [QualityRow]

  init(_ rows: [QualityRow]) { self.rows = rows }

  /// The table with its head, columns aligned, and what the figures are.
  var lines: [String] {
    let columns = Self.columns.map { column in
      (title: column.title, cells: rows.map { column.value($0) ?? "" })
    }.filter { column in column.cells.contains { !$0.isEmpty } }
    let widths = columns.map { column in
      ([column.title] + column.cells).map(\.unicodeScalars.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { index, text in
        let padding = String(repeating: " ", count: widths[index] - text.unicodeScalars.count)
        return index == 0 ? text + padding : padding + text
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = widths.enumerated().map { index, width in
      index == 0
        ? ":" + String(repeating: "-", count: width + 1)
        : String(repeating: "-", count: width + 1) + ":"
    }
    return [line(columns.map(\.title)), "|" + rule.joined(separator: "|") + "|"]
      + rows.indices.map { row in line(columns.map { $0.cells[row] }) } + footer
  }

  private struct Column: Sendable {
    let title: String
    let value: @Sendable (QualityRow) -> String?

    init(_ title: String, _ value: @escaping @Sendable (QualityRow) -> String?) {
      self.title = title
      self.value = value
    }
  }

  private static let columns = [
    Column("samples of") { $0.isRealText ? "real text" : $0.file },
    Column("predictor") { $0.quality.method.predictor },
    Column("steps") { $0.quality.method.steps.map { "\($0)" } },
    Column("samples") { "\($0.quality.statistics.count)" },
    Column("calls") { $0.quality.statistics.networkCalls.map { number($0, 1) } },
    Column("length") { number($0.quality.statistics.tokens.mean, 1) },
    Column("entropy") {
      with($0.quality.statistics.entropy.mean, $0.quality.statistics.entropy.interval, 3)
    },
    Column("distinct-2") { $0.quality.statistics.distinct[1].map { number($0, 3) } },
    Column("repetition") { $0.quality.statistics.repetition.mean.map { percent($0) } },
    Column("EOS") { $0.quality.statistics.ends.map { percent($0.samples) } },
    Column("perplexity") {
      with($0.quality.perplexity?.value, $0.quality.perplexity?.interval, 2)
    },
  ]

  private static func number(_ value: Double, _ digits: Int) -> String {
    NumberFormat.fixed(value, digits: digits)
  }

  private static func percent(_ share: Double) -> String { number(100 * share, 1) + " %" }

  /// The value and half of its interval.
  private static func with(
    _ value: Double?, _ interval: ClosedRange<Double>?, _ digits: Int
  ) -> String? {
    guard let value else { return nil }
    let half = interval.map { ($0.upperBound - $0.lowerBound) / 2 }
    return number(value, digits) + (half.map { " ± " + number($0, digits) } ?? "")
  }

  /// What the figures are.
  private var footer: [String] {
    let unit = rows.first?.unit ?? .tokens
    var lines = [
      "",
      "length in \(unit.rawValue); entropy of the \(unit.rawValue) in a sample, in nats; "
        + "± is a 95 % interval over samples",
      "distinct-2: distinct pairs / pairs of all samples; repetition: 4-grams that came before in "
        + "their sample",
    ]
    if rows.contains(where: { $0.quality.statistics.ends != nil }) {
      lines.append("EOS: samples with an end token")
    }
    if let judge = rows.lazy.compactMap(\.quality.perplexity).first?.judge {
      lines.append("perplexity: e to the judge \(judge)'s mean -log p of its own tokens")
    }
    return lines
  }
}
