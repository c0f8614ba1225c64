/// A noise schedule and what is set about it.
public struct NoiseSettings: Equatable, Sendable {
  public var type: NoiseScheduleName
  /// σ at time 0; nil is the schedule's usual one.
  public var sigmaMin: Double?
  /// σ at time 1; nil is the schedule's usual one.
  public var sigmaMax: Double?
  /// The N of ``PolynomialSchedule``; nil is its usual one.
  public var degree: Double?

  public init(
    type: NoiseScheduleName = .loglinear, sigmaMin: Double? = nil, sigmaMax: Double? = nil,
    degree: Double? = nil
  ) {
    self.type = type
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
    self.degree = degree
  }

  /// The σ_min that the schedule has, set or not; nil where it has none.
  public var effectiveSigmaMin: Double? {
    officialRange.map { sigmaMin ?? $0.lowerBound }
  }

  /// The σ_max that the schedule has, set or not; nil where it has none.
  public var effectiveSigmaMax: Double? {
    officialRange.map { sigmaMax ?? $0.upperBound }
  }

  /// The degree that the schedule has, set or not; nil where it has none.
  public var effectiveDegree: Double? {
    type == .polynomial ? degree ?? PolynomialSchedule.usualDegree : nil
  }

  /// The schedule in words, such as `linear noise from 0.001 to 7.0`.
  public var summary: String {
    let noise = "\(type.rawValue) noise"
    if let lower = effectiveSigmaMin, let upper = effectiveSigmaMax {
      return "\(noise) from \(lower) to \(upper)"
    }
    return effectiveDegree.map { "\(noise) of degree \($0)" } ?? noise
  }

  /// The schedule of these settings.
  ///
  /// Requires 0 < σ_min < σ_max and a degree above 0, where it has them.
  public var schedule: any NoiseSchedule {
    switch type {
    case .loglinear: LogLinearSchedule()
    case .cosine: CosineSchedule()
    case .cosinesqr: SquaredCosineSchedule()
    case .linear:
      LinearSchedule(
        sigmaMin: sigmaMin ?? LinearSchedule.officialRange.lowerBound,
        sigmaMax: sigmaMax ?? LinearSchedule.officialRange.upperBound)
    case .geometric:
      GeometricSchedule(
        sigmaMin: sigmaMin ?? GeometricSchedule.officialRange.lowerBound,
        sigmaMax: sigmaMax ?? GeometricSchedule.officialRange.upperBound)
    case .polynomial: PolynomialSchedule(degree: degree ?? PolynomialSchedule.usualDegree)
    }
  }

  private var officialRange: ClosedRange<Double>? {
    switch type {
    case .linear: LinearSchedule.officialRange
    case .geometric: GeometricSchedule.officialRange
    case .loglinear, .cosine, .cosinesqr, .polynomial: nil
    }
  }
}
