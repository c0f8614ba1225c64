/// How fast steps follow each other, and when the last one will be done.
///
/// The first step fills caches and pools, so the clock starts when it ends.
struct Pace {
  private var start: (step: Int, time: Duration)?
  private var latest: (step: Int, time: Duration)?

  /// Takes note of a finished step.
  ///
  /// - Parameters:
  ///   - step: The number of the step; a resumed run begins with a larger one.
  ///   - time: Time since any fixed moment.
  mutating func record(step: Int, at time: Duration) {
    if start == nil { start = (step, time) }
    latest = (step, time)
  }

  /// Steps a second, or nil before there are two steps to compare.
  var stepsPerSecond: Double? {
    guard let start, let latest, latest.step > start.step, latest.time > start.time else {
      return nil
    }
    return Double(latest.step - start.step) / ((latest.time - start.time) / .seconds(1))
  }

  /// The time left until step `last` is done, or nil before there is a pace.
  func remaining(until last: Int) -> Duration? {
    guard let latest, let stepsPerSecond else { return nil }
    // A duration holds no more than 1e20 seconds, and traps.
    return .seconds(min(Double(max(0, last - latest.step)) / stepsPerSecond, 1e15))
  }
}
