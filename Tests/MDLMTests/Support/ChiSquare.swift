#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pearson's test of counts against probabilities.
///
/// Seeds are fixed, so a test's verdict never changes by chance; the error rate is the probability
/// that a right implementation with another, unlucky seed would have failed.
struct ChiSquare {
  let statistic: Double
  let degreesOfFreedom: Int

  /// - Parameters:
  ///   - counts: How often each outcome came.
  ///   - probabilities: What each should have come with. Outcomes expected fewer than five times are
  ///     taken together.
  init(counts: [Int], probabilities: [Double]) {
    let total = Double(counts.reduce(0, +))
    var (statistic, cells) = (0.0, 0)
    var rare = (count: 0.0, expected: 0.0)
    for (count, probability) in zip(counts, probabilities) {
      let expected = probability * total
      if expected < 5 {
        rare = (rare.count + Double(count), rare.expected + expected)
      } else {
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        cells += 1
      }
    }
    if rare.expected >= 5 {
      statistic += (rare.count - rare.expected) * (rare.count - rare.expected) / rare.expected
      cells += 1
    } else if rare.count > 5 * rare.expected + 10 {
      statistic = .infinity
    }
    self.statistic = statistic
    degreesOfFreedom = cells - 1
  }

  /// Whether the counts are believable at an error rate of 1 in 10,000.
  ///
  /// The critical value is Wilson and Hilferty's approximation, with the normal quantile 3.719.
  var isBelievable: Bool {
    let k = Double(degreesOfFreedom)
    let root = 1 - 2 / (9 * k) + 3.719 * (2 / (9 * k)).squareRoot()
    return statistic <= k * root * root * root
  }
}
