import Foundation
import Testing

@testable import MDLM

struct FrontierPlotTests {
  /// A group whose samples have about `kinds` different tokens.
  private func quality(
    _ predictor: String, steps: Int, calls: Double?, kinds: Int = 8, judged: Bool = true
  ) throws -> SampleQuality {
    let samples = (0..<3).map { index in
      SampleRecord(
        tokens: (0..<16).map { Int32(($0 * (index + 1)) % kinds) }, text: "ab",
        networkCalls: calls, method: SamplingMethod(predictor: predictor, steps: steps))
    }
    let judge = TextJudge(name: "<judge>", network: FlatNetwork(), beginID: 0) {
      text throws(InputError) in text.utf8.map { Int32($0 % 4) }
    }
    return try #require(try SampleQuality(of: samples, endID: nil, judge: judged ? judge : nil))
  }

  private func plot(judged: Bool = true, realText: Bool = true) throws -> FrontierPlot {
    let points = try [("ddpm", 8), ("ddpm", 64), ("a<b", 16)].map { name, steps in
      FrontierPlot.Point(
        series: name,
        quality: try quality(name, steps: steps, calls: Double(steps), judged: judged))
    }
    let real = realText ? try quality("", steps: 1, calls: nil, judged: judged) : nil
    return try #require(FrontierPlot(points, realText: real))
  }

  @Test func everyGroupIsAPointInEachPanel() throws {
    let elements = try svgElements(try plot().svg)
    // Lines where a series has two groups, in each of two panels.
    #expect(elements["circle"] == 6 && elements["polyline"] == 2)
    #expect(try plot().svg.contains("perplexity under &lt;judge&gt;"))
    #expect(try plot().svg.contains("a&lt;b, 16 steps, 16.0 calls: generative perplexity 4.000"))
  }

  /// A file of samples may say anything of its calls.
  @Test(arguments: [Double.leastNonzeroMagnitude, 1e-20, 1e19, 1e300, 1.7e308])
  func anyNumberOfCallsIsDrawn(calls: Double) throws {
    let extreme = try quality("a", steps: 1, calls: calls)
    let plain = try quality("b", steps: 1, calls: 8)
    let points = [extreme, plain].map { FrontierPlot.Point(series: "a", quality: $0) }
    // The mean of the largest numbers is none.
    let count = calls > 1e307 ? 2 : 4
    #expect(
      try svgElements(try #require(FrontierPlot(points, realText: nil)).svg)["circle"] == count)
  }

  @Test func withoutJudgeThereIsEntropyAlone() throws {
    let svg = try plot(judged: false).svg
    #expect(try svgElements(svg)["circle"] == 3)
    #expect(svg.contains("unigram entropy (nats)") && !svg.contains("perplexity"))
    #expect(svg.contains("network calls for a sample"))
  }

  @Test func realTextIsALevel() throws {
    func levels(_ svg: String) -> Int { svg.components(separatedBy: "class=\"level\"").count - 1 }
    // One in the legend and one in each panel.
    #expect(levels(try plot().svg) == 3)
    #expect(levels(try plot(realText: false).svg) == 0)
  }

  @Test func groupsWithoutCallsAreLeftOut() throws {
    let silent = FrontierPlot.Point(
      series: "a", quality: try quality("a", steps: 4, calls: nil))
    #expect(FrontierPlot([silent], realText: nil) == nil)
    #expect(FrontierPlot([], realText: nil) == nil)
    let other = FrontierPlot.Point(series: "b", quality: try quality("b", steps: 4, calls: 4))
    let svg = try #require(FrontierPlot([silent, other], realText: nil)).svg
    #expect(try svgElements(svg)["circle"] == 2)
  }

  @Test func documentNeedsNothingElse() throws {
    let svg = try plot().svg
    for word in ["<script", "href", "url(", "@import", "nan", "inf"] {
      #expect(!svg.contains(word))
    }
    #expect(svg.contains("prefers-color-scheme: dark"))
  }
}

/// A network that finds each of four tokens equally likely.
private struct FlatNetwork: AutoregressiveNetwork {
  let vocabularySize = 4
  let contextLength = 8

  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float] {
    [Float](repeating: 1.386_294_4, count: places.count)
  }
}
