/// The CSS rules by which masks vanish and tokens appear: one for each moment, shared by all places.
///
/// They change `fill-opacity`: with `opacity` browsers would make a layer of every token.
struct TokenKeyframes {
  private let timing: AnimationTiming
  private var rulesByName: [String: String] = [:]

  init(_ timing: AnimationTiming) { self.timing = timing }

  /// All rules that classes were asked for, in a fixed order.
  var rules: String {
    guard !rulesByName.isEmpty else { return "" }
    let shared =
      ".a { animation-duration: \(timing.total.fixed(2))s; "
      + "animation-iteration-count: infinite; }"
    return ([shared] + rulesByName.sorted { $0.key < $1.key }.map(\.value))
      .joined(separator: "\n")
  }

  /// The class of a mask that shows over `spans`, which follow each other.
  mutating func maskClass(_ spans: [PlaceHistory.Span]) -> String {
    let times = spans.flatMap { [$0.start, $0.end] }.map { $0.map(timing.moment) }
    guard times != [nil, nil] else { return "" }
    let isLeft = spans.last.map { $0.end == nil } ?? false
    let name = "m" + Self.name(times)
    if rulesByName[name] == nil {
      var frames = spans.first?.start == nil ? "" : "0%{fill-opacity:0}"
      for span in spans {
        frames += "\(span.start.map(percentage) ?? "0%"){fill-opacity:1}"
        if let end = span.end { frames += "\(percentage(end)){fill-opacity:0}" }
      }
      frames += "to{fill-opacity:\(isLeft ? 1 : 0)}"
      rulesByName[name] = rule(name, frames, timing: "step-end")
    }
    return (isLeft ? "a " : "a m ") + name
  }

  /// The class of a token that shows over `span`; empty for one that is always there.
  mutating func textClass(_ span: PlaceHistory.Span) -> String {
    let hiding = span.end == nil ? "" : "g "
    guard span.start != nil || span.end != nil else { return "" }
    let (start, end) = (span.start.map(timing.moment), span.end.map(timing.moment))
    let name = "t" + Self.name([start, end])
    if rulesByName[name] == nil {
      rulesByName[name] = rule(name, frames(from: start, to: end), timing: "linear")
    }
    return "a " + hiding + name
  }

  private func frames(from start: Int?, to end: Int?) -> String {
    let holding = "animation-timing-function:step-end"
    var frames = start == nil ? "0%{fill-opacity:1;\(holding)}" : "0%{fill-opacity:0;\(holding)}"
    if let start {
      let glow = timing.glowEnd(start)
      let isBrief = end.map { Double($0) <= glow.moment } ?? false
      frames +=
        "\(timing.percentage(start)){fill-opacity:1;fill:var(--new);\(isBrief ? holding : "")}"
      if !isBrief {
        frames +=
          "\(glow.percent){fill-opacity:1;fill:currentColor;\(end == nil ? "" : holding)}"
      }
    }
    if let end {
      frames += "\(timing.percentage(end)){fill-opacity:0}to{fill-opacity:0}"
    } else {
      frames += "to{fill-opacity:1;fill:currentColor}"
    }
    return frames
  }

  private func percentage(_ step: Int) -> String { timing.percentage(timing.moment(step)) }

  private func rule(_ name: String, _ frames: String, timing: String) -> String {
    ".\(name){animation-name:\(name);animation-timing-function:\(timing)}@keyframes \(name){\(frames)}"
  }

  private static func name(_ moments: [Int?]) -> String {
    moments.map { $0.map { "\($0)" } ?? "" }.joined(separator: "-")
  }
}
