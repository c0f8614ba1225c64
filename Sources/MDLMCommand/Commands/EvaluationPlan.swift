import MDLM

/// What an evaluation is about to measure, and on what.
struct EvaluationPlan {
  let rows: TokenRows
  let manifest: EvaluationManifest

  init(_ rows: TokenRows, _ manifest: EvaluationManifest) {
    self.rows = rows
    self.manifest = manifest
  }

  private var tokens: Int { (0..<rows.count).reduce(0) { $0 + rows.unpaddedLength(of: $1) } }

  var fields: [String: JSONLine.Value] {
    [
      "sequences": .integer(rows.count), "tokens": .integer(tokens),
      "manifest": .object(manifest.fields),
    ]
  }

  var lines: [String] {
    let count = "\(rows.count) row\(rows.count == 1 ? "" : "s")"
    return ["to measure      \(tokens) tokens in \(count) of \(rows.length)"] + manifest.lines
  }
}

extension EvaluationManifest {
  var fields: [String: JSONLine.Value] {
    [
      "protocol": protocolName.map { .string($0) } ?? .null, "files": .strings(files),
      "rows_sha256": .string(rows), "length": .integer(length),
      "packing": .string(making.packing.summary),
      "detokenizer": making.detokenizer.map { .string($0.rawValue) } ?? .null,
      "tokenizer_sha256": model.tokenizer.map { .string($0) } ?? .null,
      "weights_sha256": .string(model.weights), "weights": .string(model.kind.rawValue),
      "version": .string(MDLMCommand.version),
    ]
  }

  var lines: [String] {
    (protocolName.map { ["protocol        \($0)"] } ?? []) + [
      "data            \(files.joined(separator: ", "))"
        + (making.detokenizer.map { ", detokenizer \($0.rawValue)" } ?? ""),
      "rows            "
        + Help.wrap(
          "\(rows.prefix(12)): \(length) tokens, \(making.packing.summary)", indent: 16
        ).dropFirst(16),
      modelLine,
    ]
  }

  /// What was measured with.
  var modelLine: String {
    "weights         \(model.kind.rawValue) (\(model.weights.prefix(12)))"
      + (model.tokenizer.map { ", tokenizer \($0.prefix(12))" } ?? "")
  }
}

extension DataProtocol {
  var fields: [String: JSONLine.Value] {
    [
      "protocol": .string(name), "summary": .string(summary),
      "tokenizer": .string(tokenizer.rawValue), "length": .integer(length),
      "packing": .string(packing.summary), "detokenizer": .string(reading.detokenizer.rawValue),
      "split": .string(splitName), "paths": .strings(paths), "source": .string(source),
      "published_ppl": published.map { .number($0) } ?? .null,
      "notes": notes.map { .string($0) } ?? .null,
    ]
  }

  /// What the list of protocols says, line by line.
  func description(below corpora: String) -> [String] {
    let isThere = path(in: corpora) != nil
    var rows = [
      ("rows", "\(length) tokens (\(tokenizer.rawValue)), \(packing.summary)"),
      ("text", "\(splitName) part, detokenizer \(reading.detokenizer.rawValue)"),
      (
        "file",
        paths.map { "\(corpora)/\($0)" }.joined(separator: " or ")
          + (isThere ? " (there)" : " (not there)")
      ),
      ("get it", source),
    ]
    if let published { rows.append(("published", "\(published)")) }
    if let notes { rows.append(("note", notes)) }
    let margin = 13
    return [name, "  \(summary)"]
      + rows.map { label, text in
        let space = String(repeating: " ", count: margin - 2 - label.count)
        return "  \(label)\(space)" + Help.wrap(text, indent: margin).dropFirst(margin)
      }
  }
}

extension Packing {
  fileprivate var summary: String {
    switch self {
    case .plain: "all text in a row, nothing inserted"
    case .wrapped(let separated, let groupSize):
      (separated ? "documents joined, EOS after each" : "documents joined, nothing between")
        + ", BOS and EOS around each row"
        + (groupSize.map { ", \($0) documents at a time, the rest of each batch dropped" } ?? "")
    case .rowPerDocument(let framed):
      "one document a row" + (framed ? " between BOS and EOS" : "")
        + ", padded; padding carries no loss"
    }
  }
}

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
