/// The choices that make a network a diffusion model, or an autoregressive one.
public struct DiffusionSettings: Equatable, Sendable {
  /// The id of the mask token.
  public var maskID: Int32
  public var parameterization: Parameterization
  public var noise: NoiseSettings
  /// T, the number of discrete time steps; 0 is continuous time.
  public var discreteTimeSteps = 0
  /// Whether D3PM never predicts the mask, which SUBS does not anyway (`subs_masking`).
  public var excludesMask = false
  /// Times below it are not drawn in training; evaluation has the official 1e-3 in any case.
  public var samplingEpsilon: Double
  /// Whether the times of a batch are stratified.
  public var isAntithetic: Bool
  /// Whether the strata of a batch share one random offset, as in MD4, instead of one each.
  public var sharesOffset = false
  public var timeTransform = TimeTransform.none

  public init(
    maskID: Int32, parameterization: Parameterization = .subs,
    noise: NoiseSettings = NoiseSettings(), samplingEpsilon: Double = 1e-3,
    isAntithetic: Bool = true
  ) {
    self.maskID = maskID
    self.parameterization = parameterization
    self.noise = noise
    self.samplingEpsilon = samplingEpsilon
    self.isAntithetic = isAntithetic
  }

  public var schedule: any NoiseSchedule { noise.schedule }

  public var forwardProcess: MaskedForwardProcess { MaskedForwardProcess(maskID: maskID) }

  public var timeSampler: TimeSampler {
    TimeSampler(
      isAntithetic: isAntithetic, sharesOffset: sharesOffset, samplingEpsilon: samplingEpsilon)
  }

  /// The loss that ``parameterization`` names.
  public var objective: any Objective {
    switch parameterization {
    case .subs: MaskedDiffusionObjective(maskID: maskID)
    case .d3pm:
      DiscreteDiffusionObjective(
        maskID: maskID, schedule: schedule, steps: discreteTimeSteps, excludesMask: excludesMask)
    case .sedd: ScoreEntropyObjective(maskID: maskID)
    case .ar: NextTokenObjective(maskID: maskID)
    }
  }
}
