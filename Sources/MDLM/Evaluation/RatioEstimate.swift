/// Σ numerators / Σ denominators of independent units, with its standard error.
struct RatioEstimate {
  let value: Double
  /// By the delta method; nil for fewer than two units.
  let standardError: Double?

  init(numerators: [Double], denominators: [Double]) {
    let total = max(denominators.reduce(0, +), 1)
    let ratio = numerators.reduce(0, +) / total
    // Var(Σv / Σn) ≈ n/(n − 1) · Σ (vᵢ − R nᵢ)² / (Σn)², with R = Σv / Σn.
    let residuals = zip(numerators, denominators).reduce(0.0) { sum, unit in
      let residual = unit.0 - ratio * unit.1
      return sum + residual * residual
    }
    let n = Double(numerators.count)
    value = ratio
    standardError = n > 1 ? (residuals * n / (n - 1)).squareRoot() / total : nil
  }
}
