#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RunHistory {
  /// How a run stands.
  public enum State: Sendable, Equatable {
    /// A process is writing it.
    case running
    /// It has come to its last step.
    case finished
    /// Its last process ended before, for this reason where it is known.
    case stopped(reason: String?)
    /// Its last process ended without a word.
    case killed
    /// Nothing is there to go on from.
    case new

    /// One word.
    public var name: String {
      switch self {
      case .running: "running"
      case .finished: "finished"
      case .stopped: "stopped"
      case .killed: "killed"
      case .new: "new"
      }
    }

    /// Why it stopped.
    public var reason: String? {
      if case .stopped(let reason) = self { reason } else { nil }
    }

    /// The word, and the reason where it says more.
    public var text: String {
      guard let reason, reason != name else { return name }
      return "\(name): \(reason.replacing("_", with: " "))"
    }
  }

  public var state: State {
    if isLocked { return .running }
    let end = sessions.last?.end
    if end?.reason == "finished" { return .finished }
    if let last = latestCheckpoint, let maxSteps, last >= maxSteps { return .finished }
    if let end { return .stopped(reason: end.reason) }
    guard sessions.isEmpty else { return .killed }
    // Runs of versions that kept no sessions may have been stopped in good order.
    return latestCheckpoint == nil ? .new : .stopped(reason: nil)
  }

  /// The last step that any file tells of.
  public var step: Int {
    [
      training.last?.step, validations.last?.step, latestCheckpoint, sessions.last?.step,
      sessions.last?.end?.step, skippedSteps.last?.step, spikes.last?.step,
    ].compactMap { $0 }.max() ?? 0
  }

  /// The steps that the run is to take.
  public var maxSteps: Int? { configuration?.trainer.maxSteps }

  /// The validation with the lowest loss; the first of several.
  public var bestValidation: Validation? {
    validations.filter { $0.nll != nil }.min { ($0.nll ?? 0) < ($1.nll ?? 0) }
  }

  /// Tokens read so far.
  public var tokens: Double? {
    if let tokens = training.last(where: { $0.tokens != nil })?.tokens { return tokens }
    return configuration.map {
      Double(step) * Double($0.loader.globalBatchSize) * Double($0.model.length)
    }
  }

  /// Seconds of training, over all processes.
  public var seconds: Double? {
    let durations = durations
    return durations.isEmpty ? nil : durations.reduce(0, +)
  }
}

extension RunHistory.Validation {
  /// The interval that holds the loss with a probability of 95 %.
  public var interval: ClosedRange<Double>? {
    guard let nll, let standardError else { return nil }
    let half = LikelihoodEstimate.normalQuantile * abs(standardError)
    return nll - half...nll + half
  }

  /// e to the loss.
  public var perplexity: Double? { nll.map { exp($0) } }
}
