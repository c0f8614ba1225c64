/// The choices that make a denoising network a diffusion model.
public struct DiffusionSettings: Equatable, Sendable {
  /// The id of the mask token.
  public var maskID: Int32
  public var noise: NoiseScheduleName
  /// Times below it are not drawn in training; evaluation has the official 1e-3 in any case.
  public var samplingEpsilon: Double
  /// Whether the times of a batch are stratified.
  public var isAntithetic: Bool

  public init(
    maskID: Int32, noise: NoiseScheduleName = .loglinear, samplingEpsilon: Double = 1e-3,
    isAntithetic: Bool = true
  ) {
    self.maskID = maskID
    self.noise = noise
    self.samplingEpsilon = samplingEpsilon
    self.isAntithetic = isAntithetic
  }

  public var schedule: any NoiseSchedule { noise.schedule }
  public var objective: MaskedDiffusionObjective {
    MaskedDiffusionObjective(schedule: schedule, maskID: maskID)
  }
  public var forwardProcess: MaskedForwardProcess {
    MaskedForwardProcess(schedule: schedule, maskID: maskID)
  }
  public var timeSampler: TimeSampler {
    TimeSampler(isAntithetic: isAntithetic, samplingEpsilon: samplingEpsilon)
  }
}
