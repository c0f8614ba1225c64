import Foundation
import Testing

@testable import MDLM

struct TracePageTests {
  private func page(_ traces: GenerationTrace..., title: String = "run.jsonl") -> TracePage {
    TracePage(traces.map { .init(title: title, trace: $0, sample: $0.samples[0]) })
  }

  /// What stands between the tags of the page's data.
  private func data(_ html: String) throws -> String {
    let start = try #require(html.firstRange(of: #"<script type="application/json" id="data">"#))
    let rest = html[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</script>"))
    return String(rest[..<end.lowerBound])
  }

  @Test(arguments: ["</script><!--", "<!-- <script>", "]]>&amp;", "\"\\\u{2028}\n\u{0}", "漢字🎉"])
  func dataReadBackAsTheyAreWhateverTokensSay(text: String) throws {
    let page = page(GenerationTrace(words: [text, " b"], given: 1), title: text)
    let html = page.html
    let data = try data(html)
    #expect(try JSONValue(parsing: Array(data.utf8)[...], name: "data") == page.data)
    #expect(!data.contains("<") && !data.contains(">") && !data.contains("&"))
    // Two scripts, and no comment, wherever the text stands.
    #expect(html.ranges(of: "<script").count == 2 && html.ranges(of: "</script").count == 2)
    #expect(!html.contains("<!--"))
  }

  /// The parts that are written without scripts are well-formed on their own.
  @Test(arguments: [0.0, 0.3])
  func sectionsAreWellFormed(remasking: Double) throws {
    var sampling = SimulatedSampling(seed: 6, length: 30, steps: 12, remasking: remasking)
    let trace = GenerationTrace(sampling.record(sample: 0)) { "<\($0)>" }
    let html = page(trace, trace, title: "a & b").html
    let start = try #require(html.firstRange(of: "<main>"))
    let end = try #require(html.firstRange(of: "</main>"))
    let main = html[start.lowerBound..<end.upperBound].replacing(" hidden>", with: ">")
    let document = try MarkupDocument(String(main))
    #expect(document.all("section").count == 2 && document.all("svg").count == 6)
    #expect(document.all("line", classes: "now").count == 6)
    #expect(document.all("path", classes: "remasked").isEmpty == (remasking == 0))
    #expect(document.all("polyline", classes: "expected").isEmpty == (remasking > 0))
    let reveals = trace.samples[0].changes.count { if case .revealed = $0 { true } else { false } }
    let marks = document.all("path", classes: "revealed").first?.attributes["d"] ?? ""
    #expect(marks.count { $0 == "M" } == reveals)
  }

  @Test func pageNeedsNothingElse() {
    let html = page(GenerationTrace(words: ["a", " b"])).html
    for word in ["http:", "https:", "src=", "href", "url(", "@import", "fetch("] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.contains("prefers-color-scheme: dark"))
  }

  @Test func equalInputGivesEqualBytes() {
    var first = SimulatedSampling(seed: 9, length: 40, steps: 8, remasking: 0.1)
    var second = first
    let pages = [first.record(sample: 0), second.record(sample: 0)].map { record in
      page(GenerationTrace(record) { "t\($0)" }).html
    }
    #expect(pages[0] == pages[1])
  }

  @Test func dataSnapshot() {
    #expect(
      page(GenerationTrace(words: ["a", " b"], given: 1)).data.line() == """
        {"traces":[{"title":"run.jsonl","mask":0,"steps":1,"begin":[1,0],\
        "changes":[[0,1.0,1,2,0.5,1.0,[[2,0.5]]]],"length":2,"names":{"1":"a","2":" b"}}]}
        """)
  }

  /// Steps that a bar stands for: charts stay small whatever number a trace claims.
  @Test func hugeStepNumbersMakeNoHugeCharts() throws {
    var trace = GenerationTrace(words: ["a"])
    let reveal = Reveal(
      sample: 0, step: 1 << 31, time: 0.5, position: 0, token: 1,
      belief: TokenBelief(probability: 1, entropy: 0, top: []))
    trace.samples[0].changes = [.revealed(reveal)]
    #expect(page(trace).html.utf8.count < 40_000)
    #expect(try MarkupDocument(TraceAnimation(trace, trace.samples[0]).svg).all("text").count == 2)
  }
}
