import MDLM

/// What `mdlm eval-ppl` prints: a figure, and all that it takes to make it again.
struct EvaluationReport {
  let estimate: LikelihoodEstimate

  let manifest: EvaluationManifest

  init(_ estimate: LikelihoodEstimate, _ manifest: EvaluationManifest) {
    self.estimate = estimate
    self.manifest = manifest
  }

  /// The members of the JSON object.
  var fields: [String: JSONLine.Value] {
    var fields: [String: JSONLine.Value] = [
      "nll": .number(estimate.nll), "stderr": .number(estimate.standardError),
      "interval": interval(estimate.interval),
      "mc_stderr": optional(estimate.monteCarloError), "ppl": .number(estimate.perplexity),
      "ppl_interval": interval(estimate.perplexityInterval),
      "bpd": .number(estimate.bitsPerToken),
      "bits_per_character": optional(estimate.bitsPerCharacter),
      "bits_per_byte": optional(estimate.bitsPerByte), "tokens": .integer(estimate.tokens),
      "sequences": .integer(estimate.sequences), "samples": .integer(estimate.samples),
      "estimator": .string(estimate.estimator.rawValue),
      "target": .string(estimate.estimator.target),
      "network_calls": .integer(estimate.networkCalls),
      "seed": .integer(Int(clamping: estimate.seed)), "manifest": .object(manifest.fields),
    ]
    if let nll = estimate.officialConstantNLL { fields["nll_official_constant"] = .number(nll) }
    return fields
  }

  /// The text, line by line.
  var lines: [String] {
    var lines = [
      "perplexity      \(number(estimate.perplexity))" + range(estimate.perplexityInterval),
      (estimate.estimator.isDeterministic ? "-log p          " : "NELBO           ")
        + "\(number(estimate.nll)) nats/token" + range(estimate.interval),
      "standard error  \(overRows)\(monteCarlo)",
      "bits/token      \(number(estimate.bitsPerToken))",
    ]
    if let bits = estimate.bitsPerCharacter { lines.append("bits/character  \(number(bits))") }
    if let bits = estimate.bitsPerByte { lines.append("bits/byte       \(number(bits))") }
    if let nll = estimate.officialConstantNLL {
      lines.append("NELBO, official \(number(nll)) nats/token, with the official code's constant")
    }
    return lines + [
      "measured on     \(estimate.tokens) tokens in \(estimate.sequences) rows",
      estimatorLine,
      "made with       \(draws)\(estimate.networkCalls) network calls\(seed)",
    ] + manifest.lines
  }

  private var overRows: String {
    estimate.standardError.isFinite
      ? "\(number(estimate.standardError)) over rows" : "unknown over one row"
  }

  var estimatorLine: String {
    "estimator       \(estimate.estimator.rawValue): \(estimate.estimator.target)"
  }

  /// How often noise was drawn; nothing where none is.
  var draws: String {
    if estimate.estimator.isDeterministic { return "" }
    return estimate.samples == 1 ? "1 draw, " : "\(estimate.samples) draws, "
  }

  var seed: String {
    estimate.estimator.isDeterministic ? "" : ", seed \(estimate.seed)"
  }

  private var monteCarlo: String {
    guard let error = estimate.monteCarloError else { return "" }
    return ", \(number(error)) of the \(estimate.samples) draws"
  }

  private func number(_ value: Double) -> String { NumberFormat.fixed(value, digits: 4) }

  private func range(_ interval: ClosedRange<Double>?) -> String {
    guard let interval else { return "" }
    return ", 95 % interval \(number(interval.lowerBound)) to \(number(interval.upperBound))"
  }

  private func optional(_ value: Double?) -> JSONLine.Value { value.map { .number($0) } ?? .null }

  private func interval(_ interval: ClosedRange<Double>?) -> JSONLine.Value {
    guard let interval else { return .null }
    return .array([.number(interval.lowerBound), .number(interval.upperBound)])
  }
}
