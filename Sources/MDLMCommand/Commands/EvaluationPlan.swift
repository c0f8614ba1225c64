import MDLM

/// What an evaluation is about to measure, and on what.
struct EvaluationPlan {
  let rows: TokenRows
  let manifest: EvaluationManifest
  private let objective: any Objective

  init(_ rows: TokenRows, _ manifest: EvaluationManifest, by objective: any Objective) {
    self.rows = rows
    self.manifest = manifest
    self.objective = objective
  }

  private var tokens: Int {
    (0..<rows.count).reduce(0) { $0 + objective.scoredTokens(of: rows.unpaddedLength(of: $1)) }
  }

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
