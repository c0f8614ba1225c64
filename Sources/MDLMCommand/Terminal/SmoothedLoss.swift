/// A running mean of the last losses for the progress line, right from the first one on.
///
/// An exponential moving average started at zero, divided by the weight it has gathered so far.
struct SmoothedLoss {
  private let decay: Double
  private var sum = 0.0
  private var weight = 0.0

  /// - Parameter decay: The share of the old mean that one new loss leaves.
  init(decay: Double = 0.98) { self.decay = decay }

  /// The mean, or nil before the first loss.
  var value: Double? { weight > 0 ? sum / weight : nil }

  mutating func add(_ loss: Double) {
    sum = decay * sum + (1 - decay) * loss
    weight = decay * weight + (1 - decay)
  }
}
