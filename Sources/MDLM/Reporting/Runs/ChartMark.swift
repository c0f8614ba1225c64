/// A moment of a run that its charts mark.
struct ChartMark {
  enum Kind: String, CaseIterable {
    case resumed, skipped, spike

    /// What the legend calls them.
    var name: String {
      switch self {
      case .resumed: "resumed"
      case .skipped: "step skipped"
      case .spike: "spike"
      }
    }
  }

  let kind: Kind
  let step: Int

  /// The moments of a run.
  static func all(of history: RunHistory) -> [ChartMark] {
    history.resumptions.map { ChartMark(kind: .resumed, step: $0) }
      + history.skippedSteps.map { ChartMark(kind: .skipped, step: $0.step) }
      + history.spikes.map { ChartMark(kind: .spike, step: $0.step) }
  }
}
