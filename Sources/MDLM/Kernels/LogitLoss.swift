/// How a row's logits z become its loss: a function of the log-sum S = log Σ e^z, of the target's
/// logit and of that of one other token.
///
/// Losses of this form need no more than a softmax: their gradient is a multiple of the softmax, less
/// a multiple of the target's unit vector, plus one of the other token's.
protocol LogitLoss: Sendable {
  /// The token besides the target whose logit is read; nil for none.
  var other: Int? { get }

  /// Returns the loss of a row and its gradient.
  ///
  /// - Parameters:
  ///   - row: The row's number.
  ///   - logSum: S, over all tokens but the excluded one.
  ///   - target: The target's logit.
  ///   - other: The logit of ``other``; 0 where there is none.
  /// - Returns: The loss in nats with its factors.
  func terms(row: Int, logSum: Double, target: Double, other: Double) -> LogitLossTerms
}

/// A row's loss and the factors of its gradient
/// `softmax · p − target · 1[target] + other · 1[other]`, p being the softmax.
struct LogitLossTerms {
  var loss: Double
  var softmax = 1.0
  var target = 1.0
  var other = 0.0
}

/// −log p(target).
struct CrossEntropyLoss: LogitLoss {
  var other: Int? { nil }

  func terms(row: Int, logSum: Double, target: Double, other: Double) -> LogitLossTerms {
    LogitLossTerms(loss: logSum - target)
  }
}
