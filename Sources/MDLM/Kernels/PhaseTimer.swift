import Synchronization

/// A part of the network's work that a profile tells apart, backward pass included.
public enum Phase: String, CaseIterable, Sendable {
  case embedding
  /// The first half of every block, with its norm, modulation and gate.
  case attention
  /// The second half of every block.
  case mlp
  /// The output layer, and the loss or the draws made from it.
  case head
  /// The norm of the gradients and the step.
  case optimizer
  case other
}

/// Adds up how long a device's caller spends in each ``Phase``.
///
/// Times mean something while one thread at a time computes on the device.
public final class PhaseTimer: Sendable {
  private struct State {
    var current = Phase.other
    /// When the current phase began; nil while no time is taken.
    var begun: ContinuousClock.Instant?
    var spent: [Phase: Duration] = [:]
  }
  private let state = Mutex(State())

  /// The phase that the device is in.
  var current: Phase { state.withLock { $0.current } }

  /// Forgets all times and begins to take them.
  public func start() {
    state.withLock {
      $0.spent = [:]
      $0.begun = .now
    }
  }

  /// Takes no more times and returns those since ``start()``.
  public func stop() -> [Phase: Duration] {
    enter(current)
    return state.withLock {
      $0.begun = nil
      return $0.spent
    }
  }

  /// Counts the time from now on for `phase`.
  ///
  /// - Returns: The phase that was left.
  @discardableResult
  func enter(_ phase: Phase) -> Phase {
    state.withLock { state in
      if let begun = state.begun {
        let now = ContinuousClock.now
        state.spent[state.current, default: .zero] += now - begun
        state.begun = now
      }
      defer { state.current = phase }
      return state.current
    }
  }
}

extension Device {
  /// Counts the time of `body`, and later of its backward pass, for `phase`.
  func during<Result, Failure>(
    _ phase: Phase, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let left = phases.enter(phase)
    defer { phases.enter(left) }
    return try body()
  }
}
