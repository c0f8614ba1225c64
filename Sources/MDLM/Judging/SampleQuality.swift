/// All figures of a group of samples that were drawn in the same way.
public struct SampleQuality: Sendable, Equatable {
  public let method: SamplingMethod
  public let statistics: SampleStatistics
  /// Nil without a judge, and where the texts have no token to score.
  public let perplexity: GenerativePerplexity?

  /// Measures samples, or returns nil if `report` stopped the work.
  ///
  /// - Parameters:
  ///   - samples: At least one; the method of the first stands for all.
  ///   - endID: The token that ends a text, where there is one.
  ///   - judge: What scores the texts; nil for figures without perplexity.
  ///   - report: Called with the share of the judge's work that is done, 0 to 1.
  /// - Throws: ``InputError`` for a sample without text, or one that the judge cannot read.
  public init?(
    of samples: [SampleRecord], endID: Int32?, judge: TextJudge? = nil,
    report: (Double) -> Disposition = { _ in .proceed }
  ) throws(InputError) {
    method = samples.first?.method ?? SamplingMethod()
    statistics = SampleStatistics(of: samples, endID: endID)
    guard let judge else {
      perplexity = nil
      return
    }
    let texts = samples.compactMap(\.text)
    guard texts.count == samples.count else {
      throw InputError(
        .badData, "the samples", found: "token ids without text",
        expected: "text for the judge \(judge.name) to read",
        remedy: "Give the tokenizer of the model that drew them")
    }
    guard let scores = try judge.scores(of: texts, report: report) else { return nil }
    perplexity = GenerativePerplexity(of: scores, judge: judge.name)
  }

  /// Divides samples by how they were drawn, in the order in which methods first occur.
  public static func groups(_ samples: [SampleRecord]) -> [[SampleRecord]] {
    var order: [SamplingMethod] = []
    var groups: [SamplingMethod: [SampleRecord]] = [:]
    for sample in samples {
      if groups[sample.method] == nil { order.append(sample.method) }
      groups[sample.method, default: []].append(sample)
    }
    return order.compactMap { groups[$0] }
  }
}
