/// The decay of the moving average of the weights, with the official ramp.
///
/// Early averages would be dominated by the initial weights, so the decay of update n (from 1) is
/// min(decay, (1 + n) / (10 + n)).
public struct ExponentialMovingAverage: Sendable, Equatable {
  public let decay: Double

  public init(decay: Double) { self.decay = decay }

  /// The decay that update `number` uses; the first update is number 1.
  public func decay(atUpdate number: Int) -> Double {
    min(decay, Double(1 + number) / Double(10 + number))
  }
}
