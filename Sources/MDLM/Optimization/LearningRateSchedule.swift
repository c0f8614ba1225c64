#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The learning rate of every step, as a factor-free function of the step number.
public enum LearningRateSchedule: Equatable, Sendable {
  /// Linear from 0 to `peak` over `warmup` steps, then constant: step k has peak · k / warmup.
  case constantWarmup(peak: Double, warmup: Int)
  /// Linear from `initial` to `peak` over `warmup` steps, then half a cosine down to `floor` at
  /// step `total`.
  case cosineDecayWarmup(peak: Double, warmup: Int, initial: Double, floor: Double, total: Int)

  /// The rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    switch self {
    case .constantWarmup(let peak, let warmup):
      return step < warmup ? peak * Double(step) / Double(warmup) : peak
    case .cosineDecayWarmup(let peak, let warmup, let initial, let floor, let total):
      if step < warmup { return initial + (peak - initial) * Double(step) / Double(warmup) }
      let span = max(1, total - warmup)
      let progress = min(1, Double(step - warmup) / Double(span))
      return floor + (peak - floor) * (1 + cos(.pi * progress)) / 2
    }
  }
}
