/// `remdm_loop` (arXiv 2503.00307, section 4): most tokens are revealed, then masked and revealed
/// again for a while at one noise level, then the rest is revealed.
public struct RemaskingLoop: Sendable, Equatable {
  /// The time at which the loop begins.
  public var begin: Double
  /// The time at which it ends.
  public var end: Double
  /// The share of tokens during the loop.
  public var visible: Double

  /// The published times and share.
  public init(begin: Double = 0.55, end: Double = 0.05, visible: Double = 0.9) {
    require(
      0 < end && end < begin && begin < 1 && 0 < visible && visible < 1,
      "[RemaskingLoop] from \(begin) to \(end) with a share of \(visible)")
    self.begin = begin
    self.end = end
    self.visible = visible
  }

  /// The share of masks at a time: falls to 1 − ``visible``, stays, and falls to 0.
  func maskProbability(at time: Double) -> Double {
    if time > begin { return 1 - (1 - time) * visible / (1 - begin) }
    if time > end { return 1 - visible }
    return time * (1 - visible) / end
  }

  /// Steps with σ = `eta` within the loop and 0 outside.
  func jumps(_ grid: TimeGrid, eta: Double) -> [Jump] {
    (0..<grid.steps).map { step in
      let (time, next) = (grid.time(after: step), grid.time(after: step + 1))
      let isLooping = time <= begin && time > end
      return Jump.remasking(
        from: time, to: next, masked: maskProbability(at: time),
        next: maskProbability(at: next)
      ) { greatest in
        isLooping ? .each(min(eta, greatest)) : .never
      }
    }
  }
}
