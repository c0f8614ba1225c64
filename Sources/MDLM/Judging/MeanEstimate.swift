/// The mean of independent values, and how far it may be off.
public struct MeanEstimate: Sendable, Equatable {
  /// Σ x / n; nil of no values.
  public let mean: Double?
  /// √(Σ (x − mean)² / (n (n − 1))); nil of fewer than two values.
  public let standardError: Double?

  /// The 95 % interval, mean ± 1.96 standard errors; nil of fewer than two values.
  public var interval: ClosedRange<Double>? {
    guard let mean, let standardError, standardError.isFinite else { return nil }
    let half = LikelihoodEstimate.normalQuantile * standardError
    return mean - half...mean + half
  }

  init(_ values: [Double]) {
    guard !values.isEmpty else {
      (mean, standardError) = (nil, nil)
      return
    }
    let estimate = RatioEstimate(
      numerators: values, denominators: [Double](repeating: 1, count: values.count))
    mean = estimate.value
    standardError = estimate.standardError
  }
}
