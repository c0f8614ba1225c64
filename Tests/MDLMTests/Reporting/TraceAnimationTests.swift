import Foundation
import Testing

@testable import MDLM

struct TraceAnimationTests {
  private func svg(_ trace: GenerationTrace, columns: Int = 80) -> String {
    TraceAnimation(trace, trace.samples[0], columns: columns).svg
  }

  /// The texts of the tokens that are there at the end.
  private func finalTexts(_ document: MarkupDocument) -> [String] {
    document.all("text").filter { element in
      let classes = element.attributes["class"]?.split(separator: " ") ?? []
      return !classes.contains("note") && !classes.contains("g")
    }.map(\.text)
  }

  @Test func everyTokenHasItsMaskAndItsText() throws {
    let words = ["The", " cat", " sat", ".", "\n", " Yes"]
    let document = try MarkupDocument(svg(GenerationTrace(words: words, given: 2)))
    #expect(finalTexts(document) == ["The", "cat", "sat", ".", "⏎", "Yes"])
    #expect(document.all("rect", classes: "a", "m").count == 4)
    #expect(document.all("text", classes: "a").count == 4)
    #expect(document.all("desc").first?.text == "The cat sat.\n Yes")
  }

  /// Without animation, and where motion is unwelcome, the final text shows and no mask does.
  @Test func stillPictureIsTheFinalText() throws {
    let svg = svg(GenerationTrace(words: ["one", " two"]))
    #expect(svg.contains(".m, .g { fill-opacity: 0; }"))
    #expect(svg.contains("@media (prefers-reduced-motion: reduce) { svg * { animation: none"))
    let document = try MarkupDocument(svg)
    #expect(finalTexts(document) == ["one", "two"])
  }

  /// A place that is masked again shows all its tokens; all but the last are hidden at the end.
  @Test(arguments: 0..<10)
  func remaskedPlacesShowTheirHistory(seed: UInt64) throws {
    var sampling = SimulatedSampling(seed: seed, length: 24, steps: 9, remasking: 0.3)
    let trace = GenerationTrace(sampling.record(sample: 0)) { " w\($0)" }
    let sample = trace.samples[0]
    let document = try MarkupDocument(svg(trace))
    let reveals = sample.changes.count { if case .revealed = $0 { true } else { false } }
    let fixed = sample.beginning.count { $0 != SimulatedSampling.maskID }
    let remasks = sample.changes.count - reveals
    #expect(document.all("text").count == reveals + fixed + 1)
    #expect(finalTexts(document) == (sample.end ?? []).map { "w\($0)" })
    let lostFixed = PlaceHistory.all(of: sample).count {
      $0.spans[0].token != SimulatedSampling.maskID && $0.spans[0].end != nil
    }
    #expect(document.all("text", classes: "g").count == remasks)
    #expect(document.all("rect", classes: "m").count == 24 - fixed + lostFixed)
  }

  @Test func unfinishedSampleKeepsItsMasks() throws {
    var trace = GenerationTrace(words: ["a", " b", " c"])
    trace.samples[0].end = nil
    trace.samples[0].changes.removeLast()
    let document = try MarkupDocument(svg(trace))
    #expect(document.all("rect", classes: "m").count == 2)
    #expect(document.all("rect").count { $0.attributes["class"] == "" } == 1)
  }

  @Test func endThatLeavesTokensOutIsAllThatShows() throws {
    let document = try MarkupDocument(svg(GenerationTrace(words: ["a", " b", " c"], end: 2)))
    #expect(finalTexts(document) == ["a", "b"])
  }

  static let inertTexts = [
    "</text><script>", " ]]>&amp;\"'", "\u{0}\u{1B}[31m", "\u{FFFE}\u{202E}",
  ]

  @Test(arguments: inertTexts)
  func markupInTokensIsText(text: String) throws {
    let svg = svg(GenerationTrace(words: ["x", text]))
    #expect(try MarkupDocument(svg).all("script").isEmpty)
    for scalar in ["\u{0}", "\u{1B}", "\u{FFFE}", "\u{202E}"] { #expect(!svg.contains(scalar)) }
  }

  @Test func pictureIsSmallHoweverManySteps() throws {
    var sampling = SimulatedSampling(seed: 4, length: 256, steps: 5000)
    let trace = GenerationTrace(sampling.record(sample: 0)) { " word\($0)" }
    #expect(svg(trace).utf8.count < 100_000)
  }

  /// Percentages of a turn lie between its pauses and never fall from one moment to the next.
  @Test(arguments: [1, 2, 7, 96, 97, 1000, 1 << 31])
  func momentsAreInOrder(steps: Int) throws {
    let timing = AnimationTiming(steps: steps)
    var last = 0.0
    for step in stride(from: 0, to: steps, by: max(1, steps / 500)) {
      #expect((1...AnimationTiming.momentLimit).contains(timing.moment(step)))
      let share = try #require(Double(timing.percentage(timing.moment(step)).dropLast()))
      #expect(share >= last && share > 0 && share < 100)
      last = share
    }
  }

  @Test func snapshot() throws {
    let svg = svg(GenerationTrace(words: ["Hi", " you"], given: 1))
    let body = try #require(svg.firstRange(of: "</style>\n"))
    #expect(
      svg[body.upperBound...] == """
        <rect class="page" width="100%" height="100%" rx="6"/>
        <text class="" x="20.0" y="37.0" textLength="16.8" lengthAdjust="spacingAndGlyphs">Hi</text>
        <rect class="a m m-1" x="45.7" y="23.0" width="24.2" height="18"/>\
        <text class="a t1-" x="45.2" y="37.0" textLength="25.2" lengthAdjust="spacingAndGlyphs">\
        you</text>
        <path class="bar" d="M20 58.0H356.0" pathLength="1"/>
        <text class="note" x="20" y="78.0">ddpm_cache, 12 steps, 1 network call</text>
        </svg>

        """)
    #expect(
      svg.contains(
        """
        @keyframes m-1{0%{fill-opacity:1}48.72%{fill-opacity:0}to{fill-opacity:0}}
        """))
  }
}
