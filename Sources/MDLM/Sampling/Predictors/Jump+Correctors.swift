#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Correctors that were known before ReMDM, as its official code writes them.
extension Jump {
  /// `forward_backward` (arXiv 2205.14987): a step toward less noise that is twice as long, and one
  /// back, which is ReMDM with σ = (α(s) − α(t)) / α(t).
  static func forwardBackward(_ grid: TimeGrid, _ schedule: any NoiseSchedule) -> [Jump] {
    remasking(grid, schedule) { masked, next, greatest in
      let visible = 1 - masked
      return .each(visible > 0 ? min((masked - next) / visible, greatest) : greatest)
    }
  }

  /// `dfm`, the corrector of discrete flow matching (arXiv 2407.15595): with m the masked share,
  /// rates of revealing a / m and of masking b / (1 − m), a = 1 + 10 (m (1 − m))^¼ and b = a − 1.
  ///
  /// Steps are as long as the grid's, or shorter where a probability would exceed one; so there are
  /// more of them than the grid has.
  static func discreteFlow(_ grid: TimeGrid, _ schedule: any NoiseSchedule) -> [Jump] {
    let (first, last) = (
      schedule.maskProbability(at: 1), schedule.maskProbability(at: grid.end)
    )
    let longest = (first - last) / Double(grid.steps)
    var jumps: [Jump] = []
    var masked = first
    while masked > last {
      // Among masks alone there is nothing to mask, and nothing to make up for.
      let backward = jumps.isEmpty ? 0 : 10 * pow(max(0, masked * (1 - masked)), 0.25)
      let forward = 1 + backward
      let rate = forward / masked + (backward > 0 ? backward / (1 - masked) : 0)
      let length = min(longest, 1 / rate, masked - last)
      let next = masked - length
      jumps.append(
        Jump(
          time: schedule.time(maskProbability: masked), end: schedule.time(maskProbability: next),
          maskProbability: masked, endMaskProbability: next,
          reveal: min(1, forward * length / masked),
          remask: .each(backward > 0 ? backward * length / (1 - masked) : 0)))
      // A last step of rounding error alone would never end.
      masked = next - last < 1e-12 ? last : next
    }
    return jumps
  }
}
