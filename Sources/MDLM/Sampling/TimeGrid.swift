#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The times that the steps of a predictor go through, from 1 down.
public struct TimeGrid: Sendable, Equatable {
  /// How steps are spread, by the names that commands use.
  public enum Spacing: String, CaseIterable, Sendable {
    /// Equal steps of time, as in the official code.
    case linear
    /// cos(π/2 · (1 − u)) for equal steps of u from 1 to 0: few reveals early, when little is known,
    /// and many late (MD4, arXiv 2406.04329).
    case cosine
  }

  public var spacing: Spacing
  public var steps: Int
  /// Where the last step ends.
  public var end: Double

  /// Where the official samplers end, before masks that are left are replaced.
  public static let officialEnd = 1e-5

  public init(_ spacing: Spacing = .linear, steps: Int, end: Double = TimeGrid.officialEnd) {
    require(steps >= 1, "[TimeGrid] \(steps) steps")
    self.spacing = spacing
    self.steps = steps
    self.end = end
  }

  /// The time after `count` steps.
  public func time(after count: Int) -> Double {
    let share = Double(count) / Double(steps)
    return switch spacing {
    case .linear: 1 - (1 - end) * share
    case .cosine: count == steps ? end : end + (1 - end) * cos(.pi / 2 * share)
    }
  }

  /// How many of `count` masks step `step` turns into tokens where the grid alone decides: the masked
  /// share follows the time, and the last step reveals the rest.
  func reveals(inStep step: Int, of count: Int) -> Int {
    func left(_ steps: Int) -> Int {
      steps == self.steps ? 0 : Int((Double(count) * time(after: steps)).rounded())
    }
    return left(step) - left(step + 1)
  }
}

extension NoiseSchedule {
  /// The time at which this share of tokens is masked, to the last bits of a double.
  func time(maskProbability probability: Double) -> Double {
    probability >= maskProbability(at: 1) ? 1 : time(totalNoise: -log1p(-probability))
  }
}
