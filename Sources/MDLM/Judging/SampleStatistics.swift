/// Figures of a set of samples that need no judge: lengths, diversity and repetition.
///
/// They guard generative perplexity, which a sampler can lower by saying less: text of low entropy
/// that repeats itself is likely text.
public struct SampleStatistics: Sendable, Equatable {
  /// How many samples there are, empty ones included.
  public let count: Int
  /// Tokens in a sample.
  public let tokens: Spread
  /// Unicode scalars in the text of a sample; nil where a sample has no text.
  public let characters: Spread?
  /// The unigram entropy of a sample, in nats, averaged over the samples that have tokens.
  ///
  /// Of one sample it is −Σ p(w) ln p(w) over its distinct tokens w, with p(w) the share of w among
  /// its tokens: what the field reports (5.45 nats for rows of OpenWebText). It grows with the
  /// length, so only samples of equal length compare.
  public let entropy: MeanEstimate
  /// −Σ p(w) ln p(w) in nats with p(w) the share of w among the tokens of all samples.
  public let pooledEntropy: Double
  /// Distinct n-grams / n-grams for n = 1, 2, 3, over all samples together (arXiv 1510.03055); nil
  /// where no sample has n tokens.
  ///
  /// An n-gram lies within one sample. The share falls as samples are added: compare equal numbers.
  public let distinct: [Double?]
  /// The share of a sample's 4-grams that occurred before in the same sample, averaged over the
  /// samples with at least four tokens.
  public let repetition: MeanEstimate
  /// The share of a sample's tokens, from its second on, that equal the one before, averaged over
  /// the samples with at least two tokens.
  public let adjacentRepetition: MeanEstimate
  /// Where the id that ends a text is known: how often it occurs.
  public let ends: EndRates?
  /// Calls of the network for a sample, averaged over the samples that tell; nil where none does.
  public let networkCalls: Double?
  /// Seconds for a sample, averaged likewise.
  public let seconds: Double?

  /// Measures a set of samples.
  ///
  /// - Parameters:
  ///   - samples: At least one.
  ///   - endID: The token that ends a text, where there is one.
  public init(of samples: [SampleRecord], endID: Int32?) {
    require(!samples.isEmpty, "[SampleStatistics] no samples")
    count = samples.count
    let rows = samples.map(\.tokens)
    tokens = Spread(rows.map(\.count))
    let texts = samples.compactMap(\.text)
    characters =
      texts.count == samples.count ? Spread(texts.map { $0.unicodeScalars.count }) : nil
    entropy = MeanEstimate(rows.filter { !$0.isEmpty }.map { TokenCounts($0).entropy })
    pooledEntropy = TokenCounts(rows.joined()).entropy
    distinct = (1...3).map { length in
      var seen = NGramSet()
      var total = 0
      for row in rows { total += seen.insertAll(of: row, length: length).total }
      return total == 0 ? nil : Double(seen.count) / Double(total)
    }
    repetition = MeanEstimate(
      rows.compactMap { row in
        var seen = NGramSet()
        let (total, new) = seen.insertAll(of: row, length: 4)
        return total == 0 ? nil : Double(total - new) / Double(total)
      })
    adjacentRepetition = MeanEstimate(
      rows.filter { $0.count > 1 }.map { row in
        let repeated = zip(row, row.dropFirst()).count { $0 == $1 }
        return Double(repeated) / Double(row.count - 1)
      })
    ends = endID.map { EndRates(rows, endID: $0) }
    networkCalls = Self.mean(samples.compactMap(\.networkCalls))
    seconds = Self.mean(samples.compactMap(\.seconds))
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

/// The mean, the least and the greatest of some counts.
public struct Spread: Sendable, Equatable {
  public let mean: Double
  public let least: Int
  public let greatest: Int

  init(_ counts: [Int]) {
    mean = Double(counts.reduce(0, +)) / Double(max(1, counts.count))
    least = counts.min() ?? 0
    greatest = counts.max() ?? 0
  }
}

/// How often the token that ends a text occurs.
///
/// One in the first place opens a sample, where rows of the data do so, and does not count.
public struct EndRates: Sendable, Equatable {
  /// The share of samples with at least one.
  public let samples: Double
  /// Its share among all tokens.
  public let tokens: Double

  init(_ rows: [[Int32]], endID: Int32) {
    let counts = rows.map { row in row.dropFirst().count { $0 == endID } }
    let total = rows.reduce(0) { $0 + $1.count }
    samples = Double(counts.count { $0 > 0 }) / Double(max(1, rows.count))
    tokens = Double(counts.reduce(0, +)) / Double(max(1, total))
  }
}
