import MDLM

/// The line that says how far a judge is.
struct JudgingProgress {
  private let context: CommandContext
  private var line: ProgressLine
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(in context: CommandContext) {
    self.context = context
    line = ProgressLine(terminal: context.terminal)
    start = clock.now
  }

  /// Shows the share of `work` that is done; tells to stop once a signal has come.
  mutating func show(_ work: String, _ share: Double) -> Disposition {
    write(line.update(at: clock.now - start, "\(work)  \(Int(100 * share)) % judged"))
    return context.interruption.isRequested ? .stop : .proceed
  }

  mutating func end() { write(line.end()) }

  /// What to throw when the work was stopped.
  var interruption: any Error {
    do throws(Interruption.Caught) {
      try context.interruption.check()
      return Interruption.Caught(exitCode: .interrupted)
    } catch {
      return error
    }
  }

  private func write(_ text: String) {
    if !text.isEmpty { try? context.messages.write(text) }
  }
}
