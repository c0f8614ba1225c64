import Foundation
import Testing

@testable import MDLM

struct RunPageTests {
  /// What an element's tags enclose, themselves included, as a document of its own.
  private func main(_ html: String) throws -> MarkupDocument {
    let start = try #require(html.firstRange(of: "<main>"))
    let end = try #require(html.firstRange(of: "</main>"))
    return try MarkupDocument(String(html[start.lowerBound..<end.upperBound]))
  }

  private func data(_ html: String) throws -> JSONValue {
    let start = try #require(html.firstRange(of: #"<script type="application/json" id="data">"#))
    let rest = html[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</script>"))
    return try JSONValue(parsing: Array(rest[..<end.lowerBound].utf8)[...], name: "data")
  }

  private func array(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let elements) = value { elements } else { [] }
  }

  /// A run with something of everything.
  private var full: RunSketch {
    var run = RunSketch.trained(to: 400, every: 2)
    run.metrics.append(#"{"kind":"spike","step":31,"loss":9,"expected":2,"deviation":0.1}"#)
    run.metrics.append(
      #"{"kind":"skipped","step":50,"loss":null,"grad_norm":null,"batch":"trouble/00000050.json"}"#)
    run.sessions = [
      RunSketch.begin(), RunSketch.end(step: 100, reason: "stopped"),
      RunSketch.begin(step: 100, changes: #""optim.lr: 0.01 -> 0.02""#),
    ]
    run.checkpoints = [100, 400]
    run.samples = [100, 400].flatMap { step in
      (0..<2).map { #"{"step":\#(step),"sample":\#($0),"text":"text \#($0) of \#(step)"}"# }
    }
    return run
  }

  @Test func pageHasAPartForEveryFile() throws {
    let html = RunPage(try full.read()).html
    let page = try main(html)
    let plots = page.all("div", classes: "plot").compactMap { $0.attributes["id"] }
    #expect(plots == ["loss", "share", "tenths", "norm", "rate", "speed", "memory"])
    #expect(page.all("svg").count == 7 && page.all("figure", classes: "wide").count == 1)
    #expect(page.all("path", classes: "interval", "validation").count == 1)
    for kind in ["resumed", "skipped", "spike"] {
      // Loss and gradient norm have all marks; throughput that of the resumption.
      let marks = page.all("path", classes: "mark", kind)
      #expect(marks.count == (kind == "resumed" ? 3 : 2), "\(kind)")
    }
    #expect(page.all("blockquote").map(\.text).contains("text 1 of 400"))
    #expect(page.all("mark").map(\.text).contains { $0.contains("lr: 0.01,") })
    #expect(!page.all("mark").contains { $0.text.contains("weight_decay") })
    #expect(page.all("code").map(\.text) == ["optim.lr: 0.01 -> 0.02"])
    #expect(page.all("li").map(\.text).contains("step 400 "))
    #expect(page.all("td").map(\.text).contains { $0.contains("trouble/00000050.json") })
    #expect(html.contains("killed") && html.contains("mdlm eval-ppl --checkpoint"))
    let charts = array(try data(html)["charts"])
    #expect(charts.compactMap { $0["id"]?.string } == plots)
  }

  @Test func youngRunHasAPage() throws {
    let page = try main(RunPage(try RunSketch().read()).html)
    #expect(page.all("svg").isEmpty)
    #expect(page.all("p").map(\.text).contains("There are no metrics yet."))
  }

  @Test(arguments: [
    "</script><!--", "<!-- <script>", "]]>&amp;", "\"\\\u{2028}\n\u{0}", "漢字🎉", "</main>",
    "\u{202E}",
  ])
  func textsOfTheRunStayTexts(text: String) throws {
    var run = full
    let quoted = JSONValue.quoted(text)
    run.samples = [#"{"step":4,"sample":0,"text":\#(quoted)}"#]
    run.sessions = [
      #"{"kind":"begin","step":0,"time":\#(quoted),"command":\#(quoted),"host":\#(quoted)}"#,
      #"{"kind":"end","step":9,"reason":\#(quoted)}"#,
    ]
    run.metrics.append(#"{"kind":"skipped","step":9,"batch":\#(quoted)}"#)
    let path = JSONValue.quoted(text.replacing("\0", with: ""))
    run.configuration = run.configuration?.replacing("\"text.txt\"", with: path)
    let history = try run.read()
    for html in [RunPage(history).html, RunComparisonPage(history, history).html] {
      #expect(try !main(html).elements.isEmpty)
      #expect(html.ranges(of: "<script").count == 2 && html.ranges(of: "</script").count == 2)
      #expect(html.ranges(of: "</main").count == 1 && !html.contains("<!--"))
      #expect(!html.contains("\u{202E}") && !html.contains("\0"))
    }
  }

  @Test func pageNeedsNothingElse() throws {
    let html = RunPage(try full.read()).html
    for word in ["http:", "https:", "src=", "href", "url(", "@import", "fetch("] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.contains("prefers-color-scheme: dark"))
  }

  @Test func equalRunsGiveEqualBytes() throws {
    try full.write { directory in
      let pages = try (0..<2).map { _ in RunPage(try RunHistory(directory: directory)).html }
      #expect(pages[0] == pages[1])
    }
  }

  /// Points are thinned to what a picture can show.
  @Test func longRunsGiveNoLongPages() throws {
    var run = RunSketch.trained(to: 50_000, every: 1)
    run.samples = (0..<3000).map { index in
      let text = String(repeating: "word ", count: 1000)
      return #"{"step":\#(index * 10),"sample":\#(index % 5),"text":"\#(text)"}"#
    }
    run.metrics += (0..<5000).map { #"{"kind":"skipped","step":\#($0 * 10)}"# }
    let html = RunPage(try run.read()).html
    #expect(html.utf8.count < 700_000)
    #expect(try main(html).all("blockquote").count == SampleTimeline.stepLimit)
    #expect(try main(html).all("td").count < 100)
  }

  /// Losses that are not finite, single points and equal values have charts, too.
  @Test(arguments: [["null"], ["2"], ["2", "2"], ["null", "2", "null"], ["0"], ["-1", "1e99"]])
  func oddLossesMakeNoOddPages(losses: [String]) throws {
    var run = RunSketch()
    run.metrics = losses.enumerated().flatMap { index, loss in
      [
        #"{"kind":"train","step":\#(index),"loss":\#(loss),"grad_norm":\#(loss),"lr":\#(loss)}"#,
        #"{"kind":"validation","step":\#(index),"nll":\#(loss),"stderr":\#(loss)}"#,
      ]
    }
    let history = try run.read()
    for html in [RunPage(history).html, RunComparisonPage(history, history).html] {
      let paths = try main(html).all("path").compactMap { $0.attributes["d"] }
      #expect(!paths.contains { $0.contains("nan") || $0.contains("inf") })
    }
  }
}
