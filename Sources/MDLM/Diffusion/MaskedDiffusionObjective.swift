/// The Rao-Blackwellized NELBO of MDLM (arXiv 2406.07524, equation 10) for SUBS.
///
/// For one noised sequence the estimate is Σ over masked positions of −w log p(x_0 | x_t). In
/// continuous time w(t) = −α′(t)/(1 − α(t)), which is 1/t for the log-linear schedule; in T steps from
/// t to s it is T (α(s) − α(t))/(1 − α(t)); ``TimeDraw`` has it. Visible positions cost exactly
/// nothing, so only masked rows reach the head.
public struct MaskedDiffusionObjective: Objective {
  public let maskID: Int32

  public init(maskID: Int32) { self.maskID = maskID }

  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]?,
    normalizer: Double, _ pass: ForwardPass
  ) -> ObjectiveResult {
    denoiser.maskedLosses(
      { _ in CrossEntropyLoss() }, on: batch, unpaddedLengths: unpaddedLengths, maskID: maskID,
      excluding: maskID, normalizer: normalizer, pass)
  }
}
