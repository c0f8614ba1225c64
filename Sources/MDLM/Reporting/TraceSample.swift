/// One sequence of a trace: how it began, what changed in which order, and how it ended.
public struct TraceSample: Sendable, Equatable {
  /// The number of the sample.
  public let index: Int
  /// Fixed tokens in their places, the mask everywhere else.
  public let beginning: [Int32]
  /// Reveals and remasks in the order in which they happened; their steps never fall.
  public internal(set) var changes: [TraceChange] = []
  /// The final tokens, which may be only the first of the sequence; nil for one that was cut off.
  public internal(set) var end: [Int32]?
  /// How many network calls the sequence took part in; nil for one that was cut off.
  public internal(set) var networkCalls: Int?

  public var isFinished: Bool { end != nil }

  /// Steps up to the last change: 0 where nothing has changed.
  public var stepCount: Int { changes.last.map { $0.step + 1 } ?? 0 }

  /// Returns the whole sequence as it was when a step was done.
  ///
  /// - Parameter step: The number of the step; below 0 the sequence is as it began.
  /// - Returns: A token or the mask for every place.
  public func frame(afterStep step: Int) -> [Int32] {
    var tokens = beginning
    for change in changes {
      if change.step > step { break }
      tokens[change.position] = change.result
    }
    return tokens
  }

  /// The sequence after its last change, with what the end may leave out.
  var lastFrame: [Int32] { frame(afterStep: .max) }
}

/// What happened to one place of a sequence in one step.
public enum TraceChange: Sendable, Equatable {
  case revealed(Reveal)
  /// The token of the place is gone, and `mask` is there again.
  case remasked(Remask, mask: Int32)

  public var step: Int {
    switch self {
    case .revealed(let reveal): reveal.step
    case .remasked(let remask, _): remask.step
    }
  }

  /// t before the step.
  public var time: Double {
    switch self {
    case .revealed(let reveal): reveal.time
    case .remasked(let remask, _): remask.time
    }
  }

  public var position: Int {
    switch self {
    case .revealed(let reveal): reveal.position
    case .remasked(let remask, _): remask.position
    }
  }

  /// What stands at the place from then on.
  public var result: Int32 {
    switch self {
    case .revealed(let reveal): reveal.token
    case .remasked(_, let mask): mask
    }
  }
}
