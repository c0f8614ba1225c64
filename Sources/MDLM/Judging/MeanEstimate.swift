/// The mean of independent values, and how far it may be off.
public struct MeanEstimate: Sendable, Equatable {
  /// Σ x / n; nil of no values.
  public let mean: Double?
  /// √(Σ (x − mean)² / (n (n − 1))); nil of fewer than two values.
  public let standardError: Double?

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
