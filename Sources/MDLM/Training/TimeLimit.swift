/// Tells when a process has to save and stop so as not to exceed the time that it may take.
struct TimeLimit {
  private let limit: Duration?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var longestStep = Duration.zero
  /// What a checkpoint takes.
  private var checkpoint = Duration.zero

  /// Begins to measure now.
  init(_ limit: Duration?) {
    self.limit = limit
    start = clock.now
  }

  var now: ContinuousClock.Instant { clock.now }

  /// Whether another step and a checkpoint might take too long.
  var isNearlyUp: Bool { isUp(after: longestStep + longestStep / 2) }

  /// Whether a checkpoint has to be written now.
  var isUp: Bool { isUp(after: .zero) }

  private func isUp(after work: Duration) -> Bool {
    guard let limit else { return false }
    let needed: Duration = work + checkpoint + checkpoint
    return clock.now - start + needed >= limit
  }

  /// Takes note of a step that has just ended.
  mutating func recordStep(since before: ContinuousClock.Instant) {
    longestStep = max(longestStep, clock.now - before)
  }

  /// Guesses what a checkpoint will take, before the first one.
  mutating func expectCheckpoint(parameters: Int) {
    // Four buffers of floats, at the speed of a slow disk.
    checkpoint = .seconds(Double(parameters) * 16 / 50e6)
  }

  /// Takes note of a checkpoint that has just been written.
  mutating func recordCheckpoint(since before: ContinuousClock.Instant) {
    checkpoint = max(clock.now - before, checkpoint / 2)
  }
}
