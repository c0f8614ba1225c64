/// The diffusion that a network was trained with: the block `mdlm` of its `config.json`.
///
/// Published models have no such block; the defaults are theirs.
public struct DiffusionSettings: Equatable, Sendable {
  /// The values of ``parameterization`` that this package knows.
  public static let parameterizations = ["subs"]
  /// The values of ``noise`` that this package knows.
  public static let noises = ["loglinear"]

  /// How logits become a distribution over clean tokens (`parameterization`).
  public var parameterization: String
  /// The noise schedule (`noise.type`).
  public var noise: String
  /// The number of discrete time steps, 0 for continuous time (`T`).
  public var timeSteps: Int
  /// The smallest time that training draws (`training.sampling_eps`).
  public var samplingEpsilon: Double

  public init(
    parameterization: String = "subs", noise: String = "loglinear", timeSteps: Int = 0,
    samplingEpsilon: Double = 1e-3
  ) {
    self.parameterization = parameterization
    self.noise = noise
    self.timeSteps = timeSteps
    self.samplingEpsilon = samplingEpsilon
  }
}
