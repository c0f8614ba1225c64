#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The bound of D3PM with absorbing states (arXiv 2107.03006) in T steps, and its reconstruction term.
///
/// The network's p is over all tokens, the mask among them, which makes two things possible that SUBS
/// rules out: m = p(mask) > 0, and doubt about visible tokens. From t to s = t − 1/T, with the masked
/// shares M_t and M_s, a masked position costs T times the divergence of the two posteriors
///
///     (1 − M_s/M_t) [log(α_t m/M_t + 1) − log p(x_0)]
///       + M_s/M_t [log(α_t m/M_t + 1) − log(α_s m/M_s + 1)]
///
/// with α = 1 − M. For m = 0 it is the loss of SUBS. What the step to t = 0 leaves is reconstruction:
/// −log p(x_0 | x_0) of every token, visible, at σ = 0.
public struct DiscreteDiffusionObjective: Objective {
  public let maskID: Int32
  /// The noise.
  public let schedule: any NoiseSchedule
  /// T.
  public let steps: Int
  /// Whether the mask is never predicted (`subs_masking`).
  public let excludesMask: Bool

  public init(maskID: Int32, schedule: any NoiseSchedule, steps: Int, excludesMask: Bool) {
    require(steps > 0, "[DiscreteDiffusionObjective] \(steps) steps")
    self.maskID = maskID
    self.schedule = schedule
    self.steps = steps
    self.excludesMask = excludesMask
  }

  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]?,
    normalizer: Double, _ pass: ForwardPass
  ) -> ObjectiveResult {
    let excluded = excludesMask ? maskID : nil
    let diffusion = denoiser.maskedLosses(
      { places in
        AbsorbingStepLoss(
          maskID: excludesMask ? nil : Int(maskID),
          shares: places.map {
            MaskedShares(at: batch.draw(at: $0).time, steps: steps, schedule)
          })
      }, on: batch, unpaddedLengths: unpaddedLengths, maskID: maskID, excluding: excluded,
      normalizer: normalizer, pass)
    let length = batch.length
    let visible = batch.clean.indices.filter { index in
      batch.clean[index] != maskID
        && index % length < unpaddedLengths?[index / length] ?? length
    }
    let targets = visible.map { batch.clean[$0] }
    let reconstruction = denoiser.losses(
      of: targets, at: visible, in: batch.clean, length: length,
      noiseLevels: [Float](repeating: 0, count: batch.noiseLevels.count),
      weights: [Float](repeating: Float(1 / normalizer), count: targets.count),
      excluding: excluded, pass)
    return diffusion.adding(
      reconstruction.total,
      places: zip(visible, reconstruction.losses).map { ($0, Double($1)) }, length: length)
  }
}

/// The masked shares at both ends of one of T steps.
struct MaskedShares: Equatable {
  /// M_t.
  let now: Double
  /// M_s.
  let next: Double

  /// The official code keeps t this far below 1, so that some token survives.
  private static let largest = 1 - 1e-4

  /// - Parameters:
  ///   - time: t.
  ///   - steps: T.
  ///   - schedule: The noise.
  init(at time: Double, steps: Int, _ schedule: any NoiseSchedule) {
    let share = schedule.discreteMaskProbability(at: time)
    let before = schedule.discreteMaskProbability(at: max(0, time - 1 / Double(steps)))
    now = min(share, Self.largest)
    next = max(0, now - (share - before))
  }

  init(now: Double, next: Double) {
    self.now = now
    self.next = next
  }

  /// T (M_t − M_s)/M_t: what the cross-entropy of SUBS counts.
  func weight(steps: Int) -> Double { Double(steps) * (now - next) / now }
}

/// The bracket of ``DiscreteDiffusionObjective``, divided by 1 − M_s/M_t, which is in the weight.
struct AbsorbingStepLoss: LogitLoss {
  /// The mask, where its probability counts.
  let maskID: Int?
  /// Of each row.
  let shares: [MaskedShares]

  var other: Int? { maskID }

  func terms(row: Int, logSum: Double, target: Double, other: Double) -> LogitLossTerms {
    let loss = logSum - target
    guard maskID != nil else { return LogitLossTerms(loss: loss) }
    let (now, next) = (shares[row].now, shares[row].next)
    let mask = exp(other - logSum)
    let (current, earlier) = ((1 - now) / now, next > 0 ? (1 - next) / next : 0)
    // The official code has 0 · ∞ in the first step, where nothing is masked before.
    let share = next / (now - next)
    let kept = log1p(current * mask)
    let divergence = next > 0 ? share * (kept - log1p(earlier * mask)) : 0
    // d/dm of what is beside the cross-entropy; dm/dz_j = m (1[j = mask] − p_j).
    let slope =
      (1 + (next > 0 ? share : 0)) * current / (1 + current * mask)
      - (next > 0 ? share * earlier / (1 + earlier * mask) : 0)
    return LogitLossTerms(
      loss: loss + kept + divergence, softmax: 1 - slope * mask, target: 1,
      other: slope * mask)
  }
}
