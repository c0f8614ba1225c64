/// The noise schedules by their names in configs.
public enum NoiseScheduleName: String, Sendable, CaseIterable {
  case loglinear
  case cosine
  case cosinesqr
  case linear
  case geometric
  case polynomial

  /// What can be set about a schedule, by its name in configs.
  public enum Parameter: String, Sendable, CaseIterable {
    case sigmaMin = "sigma_min"
    case sigmaMax = "sigma_max"
    case degree
  }

  /// What can be set about the schedule of this name.
  public var parameters: [Parameter] {
    switch self {
    case .loglinear, .cosine, .cosinesqr: []
    case .linear, .geometric: [.sigmaMin, .sigmaMax]
    case .polynomial: [.degree]
    }
  }

  /// The schedule of this name, with the usual parameters.
  public var schedule: any NoiseSchedule { NoiseSettings(type: self).schedule }
}
