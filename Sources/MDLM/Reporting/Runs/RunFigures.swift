#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The figures that stand for a run: how good, how far, how long.
struct RunFigures {
  /// One of them.
  struct Figure {
    let name: String
    let value: String
    /// What else there is to say.
    var note = ""
  }

  let history: RunHistory

  /// All of them, the same for every run; a dash where one is not known.
  var all: [Figure] { [validation, perplexity, training, steps, tokens, time, size, state] }

  private static let none = "–"

  /// A span of time as people read it; whatever a file says, it is one that there can be.
  static func duration(_ seconds: Double) -> String {
    NumberFormat.duration(.seconds(max(0, min(seconds, 1e12))))
  }

  private var best: RunHistory.Validation? { history.bestValidation }

  private var validation: Figure {
    guard let best, let nll = best.nll else {
      return Figure(name: "best validation", value: Self.none)
    }
    let half = best.interval.map { "± \((($0.upperBound - $0.lowerBound) / 2).fixed(4)) " } ?? ""
    return Figure(
      name: "best validation", value: nll.fixed(4),
      note: "\(half)nats a token, step \(best.step.grouped)")
  }

  private var perplexity: Figure {
    guard let best, let nll = best.nll else { return Figure(name: "perplexity", value: Self.none) }
    func text(_ nll: Double) -> String { exp(nll) < 100 ? exp(nll).fixed(2) : exp(nll).fixed(1) }
    let interval = best.interval.map { "\(text($0.lowerBound)) to \(text($0.upperBound)); " } ?? ""
    return Figure(
      name: "perplexity", value: text(nll),
      note: "\(interval)\((nll / log(2)).fixed(3)) bits")
  }

  private var training: Figure {
    let last = history.training.suffix(20).compactMap { $0.meanLoss ?? $0.loss }
    guard !last.isEmpty else { return Figure(name: "training loss", value: Self.none) }
    return Figure(
      name: "training loss", value: (last.reduce(0, +) / Double(last.count)).fixed(4),
      note: last.count == 1 ? "the last line" : "mean of \(last.count) lines")
  }

  private var steps: Figure {
    Figure(
      name: "steps", value: history.step.grouped,
      note: history.maxSteps.map { "of \($0.grouped)" } ?? "")
  }

  private var tokens: Figure {
    guard let tokens = history.tokens else { return Figure(name: "tokens", value: Self.none) }
    let batch = history.configuration.map { settings in
      "\(settings.loader.globalBatchSize) × \(settings.model.length) a step"
    }
    return Figure(name: "tokens read", value: NumberFormat.count(tokens), note: batch ?? "")
  }

  private var time: Figure {
    guard let seconds = history.seconds else { return Figure(name: "time", value: Self.none) }
    let count = history.durations.count
    let rate = history.tokens.map { NumberFormat.tokensPerSecond($0 / max(seconds, 1e-3)) }
    return Figure(
      name: "time", value: Self.duration(seconds),
      note: [rate, count > 1 ? "\(count) sessions" : nil].compactMap { $0 }.joined(separator: ", "))
  }

  private var size: Figure {
    let sizes = history.configuration.map { settings in
      "\(settings.model.hiddenSize) wide, \(settings.model.blockCount) blocks"
    }
    return Figure(
      name: "parameters",
      value: history.parameters.map { NumberFormat.count(Double($0)) } ?? Self.none,
      note: sizes ?? "")
  }

  private var state: Figure {
    let reason = history.state.reason.map { $0.replacing("_", with: " ") } ?? ""
    return Figure(
      name: "state", value: history.state.name, note: reason == history.state.name ? "" : reason)
  }
}
