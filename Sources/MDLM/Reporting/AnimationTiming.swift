/// When the steps of a sample happen in a loop that begins and ends with a pause.
struct AnimationTiming: Equatable {
  /// Steps that fall together in a long animation share a moment, so that the styles stay short.
  static let momentLimit = 96

  private let steps: Int
  /// In seconds.
  private let play: Double
  private static let before = 0.8
  private static let after = 4.0
  private static let glow = 0.7

  init(steps: Int) {
    self.steps = max(1, steps)
    play = min(max(Double(steps) * 0.08, 3), 10)
  }

  /// The length of one turn, in seconds.
  var total: Double { Self.before + play + Self.after }

  /// The number of the moment at which a step is seen, counted from 1.
  func moment(_ step: Int) -> Int {
    let count = min(steps, Self.momentLimit)
    return 1 + Int(Double(step) / Double(steps) * Double(count))
  }

  /// Where a moment lies in a turn, as CSS writes it.
  func percentage(_ moment: Int) -> String { Self.percent(seconds(moment) / total) }

  /// Where the glow of a token that appears at a moment is over.
  func glowEnd(_ moment: Int) -> (percent: String, moment: Double) {
    let count = Double(min(steps, Self.momentLimit))
    return (
      Self.percent((seconds(moment) + Self.glow) / total),
      Double(moment) + Self.glow / play * count
    )
  }

  /// The rule that lets the bar of steps grow.
  var barKeyframes: String {
    let start = Self.percent(Self.before / total)
    let end = Self.percent((Self.before + play) / total)
    return """
      .bar { animation: b \(total.fixed(2))s linear infinite; }
      @keyframes b{0%,\(start){stroke-dashoffset:1}\(end),to{stroke-dashoffset:0}}
      """
  }

  private func seconds(_ moment: Int) -> Double {
    Self.before + play * Double(moment) / Double(min(steps, Self.momentLimit))
  }

  private static func percent(_ share: Double) -> String { (100 * share).fixed(2) + "%" }
}
