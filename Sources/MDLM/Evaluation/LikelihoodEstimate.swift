#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A Monte-Carlo estimate of a model's NELBO on some rows, an upper bound on −log p.
///
/// Two errors are kept apart: how much the estimate would move on other rows of the same source, and
/// how much on other draws of times and masks for the same rows.
public struct LikelihoodEstimate: Sendable, Equatable {
  /// The NELBO in nats per token.
  public let nll: Double
  /// The standard error over rows (of a ratio where rows are padded: the delta method).
  public let standardError: Double
  /// The Monte-Carlo standard error given the rows, from independent replicates; nil for one.
  public let monteCarloError: Double?
  /// Tokens scored; padding is not.
  public let tokens: Int
  /// Rows scored.
  public let sequences: Int
  /// Replicates: draws of a time and a mask for every row.
  public let samples: Int
  /// Unicode scalars of the text, where it is known.
  public let characters: Int?
  /// UTF-8 bytes of the text, where it is known.
  public let bytes: Int?

  /// e^nll.
  public var perplexity: Double { exp(nll) }
  /// Bits per token.
  public var bitsPerToken: Double { nll / log(2) }
  public var bitsPerCharacter: Double? { characters.map(bits(per:)) }
  public var bitsPerByte: Double? { bytes.map(bits(per:)) }

  private func bits(per units: Int) -> Double { bitsPerToken * Double(tokens) / Double(units) }

  /// Puts together what the replicates measured.
  ///
  /// - Parameters:
  ///   - rowLosses: The NELBO of each row in nats, averaged over replicates.
  ///   - rowTokens: The scored tokens of each row.
  ///   - replicateTotals: The NELBO of all rows in nats, in each replicate.
  ///   - characters: Unicode scalars in the rows, if known.
  ///   - bytes: UTF-8 bytes in the rows, if known.
  init(
    rowLosses: [Double], rowTokens: [Int], replicateTotals: [Double], characters: Int?, bytes: Int?
  ) {
    sequences = rowLosses.count
    samples = replicateTotals.count
    tokens = rowTokens.reduce(0, +)
    self.characters = characters
    self.bytes = bytes
    let total = Double(max(tokens, 1))
    nll = rowLosses.reduce(0, +) / total
    // Var(Σv / Σn) ≈ n/(n − 1) · Σ (vᵢ − R nᵢ)² / (Σn)², with R = Σv / Σn.
    let ratio = nll
    let residuals = zip(rowLosses, rowTokens).reduce(0.0) { sum, row in
      let residual = row.0 - ratio * Double(row.1)
      return sum + residual * residual
    }
    let n = Double(rowLosses.count)
    standardError = n > 1 ? (residuals * n / (n - 1)).squareRoot() / total : .nan
    let replicates = replicateTotals.map { $0 / total }
    let k = Double(replicates.count)
    let mean = replicates.reduce(0, +) / max(k, 1)
    let spread = replicates.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    monteCarloError = k > 1 ? (spread / (k - 1) / k).squareRoot() : nil
  }
}
