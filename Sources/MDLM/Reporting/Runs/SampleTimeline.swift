/// The samples of a run over its steps, so that one sees the text get better.
struct SampleTimeline {
  /// Steps that are shown, the first and the last among them.
  static let stepLimit = 8
  /// Samples of each step that are shown.
  static let sampleLimit = 3
  /// Unicode scalars of each sample that are shown.
  static let textLimit = 1500

  private let steps: [Step]
  /// What is left out.
  private let stepCount: Int

  private struct Step {
    let step: Int
    let samples: [RunHistory.DrawnSample]
    /// The last validation up to this step.
    let validation: RunHistory.Validation?
  }

  init(_ history: RunHistory) {
    // A run that draws samples anew for the same step has them twice; the last ones count.
    var byStep: [(step: Int, samples: [RunHistory.DrawnSample])] = []
    for sample in history.samples {
      if byStep.last?.step != sample.step { byStep.append((sample.step, [])) }
      let numbers = byStep[byStep.count - 1].samples.map(\.number)
      if let place = numbers.firstIndex(of: sample.number) {
        byStep[byStep.count - 1].samples[place] = sample
      } else if numbers.count < Self.sampleLimit {
        byStep[byStep.count - 1].samples.append(sample)
      }
    }
    stepCount = byStep.count
    steps = Self.picked(byStep.count).map { index in
      let (step, samples) = byStep[index]
      return Step(
        step: step, samples: samples, validation: history.validations.last { $0.step <= step })
    }
  }

  var isEmpty: Bool { steps.isEmpty }

  /// What of it is shown.
  var note: String {
    stepCount > steps.count ? "\(steps.count) of \(stepCount) steps with samples are shown." : ""
  }

  /// A row for each step, the samples side by side in it.
  var markup: String {
    #"<ol class="timeline">"# + "\n"
      + steps.map(row).joined(separator: "\n") + "\n</ol>"
  }

  /// The samples of the last step alone.
  var lastTexts: [String] { steps.last.map { $0.samples.map(text) } ?? [] }
  var lastStep: Int? { steps.last?.step }

  private func row(_ step: Step) -> String {
    let loss = step.validation?.nll.map { " \($0.fixed(3)) nats a token" }
    return """
      <li><p class="when"><b>step \(step.step.grouped)</b>\(loss ?? "")</p>
      <div class="texts">\(step.samples.map(text).joined())</div></li>
      """
  }

  private func text(_ sample: RunHistory.DrawnSample) -> String {
    let scalars = sample.text.unicodeScalars
    let isLong = scalars.count > Self.textLimit
    let shown = String(String.UnicodeScalarView(scalars.prefix(Self.textLimit)))
    return """
      <blockquote title="sample \(sample.number) of step \(sample.step)">\
      \(shown.showingControls.escapedForMarkup)\(isLong ? "…" : "")</blockquote>
      """
  }

  /// Places from the first to the last, closer in the beginning, where text changes most.
  private static func picked(_ count: Int) -> [Int] {
    guard count > stepLimit else { return Array(0..<count) }
    let places = (0..<stepLimit).map { index in
      let share = Double(index) / Double(stepLimit - 1)
      // share^1.5
      return Int((share * share.squareRoot() * Double(count - 1)).rounded())
    }
    return Set(places).sorted()
  }
}
