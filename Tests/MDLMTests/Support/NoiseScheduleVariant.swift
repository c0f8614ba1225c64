import Testing

@testable import MDLM

/// A noise schedule to check, with usual or with unusual parameters.
struct NoiseScheduleVariant: Sendable, CustomTestStringConvertible {
  let schedule: any NoiseSchedule
  /// Whether nothing is masked at time 0, where the weight of the loss is infinite then.
  var beginsUnmasked = false

  var testDescription: String { "\(schedule)" }

  static let all = [
    Self(schedule: LogLinearSchedule(), beginsUnmasked: true),
    Self(schedule: CosineSchedule(), beginsUnmasked: true),
    Self(schedule: SquaredCosineSchedule(), beginsUnmasked: true),
    Self(schedule: LinearSchedule()),
    Self(schedule: LinearSchedule(sigmaMin: 1e-4, sigmaMax: 12)),
    Self(schedule: GeometricSchedule()),
    Self(schedule: GeometricSchedule(sigmaMin: 1e-4, sigmaMax: 20)),
    Self(schedule: PolynomialSchedule()),
    Self(schedule: PolynomialSchedule(degree: 1)),
    Self(schedule: PolynomialSchedule(degree: 3.5)),
  ]
}

/// Another schedule's noise and rate, and defaults for all the rest.
struct PlainSchedule: NoiseSchedule {
  private let schedule: any NoiseSchedule

  init(of schedule: any NoiseSchedule) { self.schedule = schedule }

  func totalNoise(at time: Double) -> Double { schedule.totalNoise(at: time) }
  func noiseRate(at time: Double) -> Double { schedule.noiseRate(at: time) }
}
