#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The denoising score entropy of SEDD (arXiv 2310.16834, equation 5) for the absorbing process.
///
/// With r = 1/(e^σ − 1), the true ratio p_t(x_0)/p_t(mask) given x_0, and scores
/// s_y = log r − log n + z_y from the logits z of n tokens but the mask, a masked position costs
///
///     σ′ [Σ_y e^(s_y) − r s_(x_0) + r (log r − 1)] = w [Σ_y e^(z_y)/n − z_(x_0) + log n − 1]
///
/// with w = σ′ r, the weight of SUBS: σ is gone from the bracket, which is 0 where e^z/n is the true
/// posterior. It is the cross-entropy where e^z/n sums to 1.
public struct ScoreEntropyObjective: Objective {
  public let maskID: Int32

  public init(maskID: Int32) { self.maskID = maskID }

  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]?,
    normalizer: Double, _ pass: ForwardPass
  ) -> ObjectiveResult {
    let loss = ScoreEntropyLoss(outcomes: denoiser.vocabularySize - 1)
    return denoiser.maskedLosses(
      { _ in loss }, on: batch, unpaddedLengths: unpaddedLengths, maskID: maskID,
      excluding: maskID, normalizer: normalizer, pass)
  }
}

/// Σ e^z/n − z_target + log n − 1.
struct ScoreEntropyLoss: LogitLoss {
  /// n, the tokens but the mask.
  let outcomes: Int

  var other: Int? { nil }

  func terms(row: Int, logSum: Double, target: Double, other: Double) -> LogitLossTerms {
    let logCount = log(Double(outcomes))
    let mass = exp(logSum - logCount)
    return LogitLossTerms(loss: mass - target + logCount - 1, softmax: mass)
  }
}
