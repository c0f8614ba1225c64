import MDLM

extension [QualityRow] {
  /// One object for each file: its groups of samples, each with the same keys.
  var jsonLines: [String] {
    get throws {
      var lines: [String] = []
      var rest = self[...]
      while let first = rest.first {
        let same = rest.prefix { $0.file == first.file && $0.isRealText == first.isRealText }
        rest = rest.dropFirst(same.count)
        lines.append(
          try JSONLine([
            "file": .string(first.file),
            "kind": .string(first.isRealText ? "reference" : "samples"),
            "unit": .string(first.unit.rawValue),
            "groups": .array(same.map { .object($0.quality.fields) }),
          ]).text)
      }
      return lines
    }
  }
}

extension SampleQuality {
  /// The members of a group's object; what is not known is null.
  var fields: [String: JSONLine.Value] {
    func optional(_ value: Double?) -> JSONLine.Value { value.map { .number($0) } ?? .null }
    let found = statistics
    let interval = perplexity?.interval
    return [
      "predictor": method.predictor.map { .string($0) } ?? .null,
      "steps": method.steps.map { .integer($0) } ?? .null,
      "samples": .integer(found.count),
      "nfe": optional(found.networkCalls),
      "seconds": optional(found.seconds),
      "tokens": spread(found.tokens),
      "characters": found.characters.map(spread) ?? .null,
      "entropy": optional(found.entropy.mean),
      "entropy_stderr": optional(found.entropy.standardError),
      "pooled_entropy": .number(found.pooledEntropy),
      "distinct_1": optional(found.distinct[0]),
      "distinct_2": optional(found.distinct[1]),
      "distinct_3": optional(found.distinct[2]),
      "repetition": optional(found.repetition.mean),
      "repetition_stderr": optional(found.repetition.standardError),
      "adjacent_repetition": optional(found.adjacentRepetition.mean),
      "eos_samples": optional(found.ends?.samples),
      "eos_tokens": optional(found.ends?.tokens),
      "judge": perplexity.map { .string($0.judge) } ?? .null,
      "judge_tokens": perplexity.map { .integer($0.tokens) } ?? .null,
      "gen_nll": optional(perplexity?.nll),
      "gen_nll_stderr": optional(perplexity?.standardError),
      "gen_ppl": optional(perplexity?.value),
      "gen_ppl_interval": interval.map {
        .array([.number($0.lowerBound), .number($0.upperBound)])
      } ?? .null,
    ]
  }

  private func spread(_ spread: Spread) -> JSONLine.Value {
    .object([
      "mean": .number(spread.mean), "min": .integer(spread.least),
      "max": .integer(spread.greatest),
    ])
  }
}
