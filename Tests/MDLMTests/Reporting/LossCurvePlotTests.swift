import Foundation
import Testing

@testable import MDLM

struct LossCurvePlotTests {
  /// An estimate whose curve has one row's cross-entropies in some bins.
  private func estimate(
    _ nats: [Double], rows: Int = 3, estimator: LikelihoodEstimator = .official
  ) -> LikelihoodEstimate {
    var tally = EvaluationTally(
      rowTokens: [Int](repeating: 20, count: rows), length: 20, couplesRows: true)
    tally.beginReplicate()
    for row in 0..<rows {
      tally.add(nats.reduce(0, +), row: row)
      for (bin, nats) in nats.enumerated() {
        tally.curve.add(nats * Double(row + 1), tokens: 1, masked: bin + 1, row: row)
      }
    }
    return LikelihoodEstimate(
      tally, by: PerplexityEvaluator(DiffusionSettings(maskID: 4), estimator: estimator),
      unpaddedTokens: 20 * rows, characters: nil, bytes: nil)
  }

  @Test(arguments: LikelihoodEstimator.ofSUBS)
  func documentIsWellFormedWithAPointForEveryBin(estimator: LikelihoodEstimator) throws {
    let svg = LossCurvePlot(estimate([1, 2, 3, 4], estimator: estimator)).svg
    let elements = try svgElements(svg)
    #expect(elements["circle"] == 4 && elements["polyline"] == 1 && elements["polygon"] == 1)
    #expect(svg.contains("(estimator \(estimator.rawValue), "))
  }

  @Test func documentNeedsNothingElse() {
    let svg = LossCurvePlot(estimate([1, 2])).svg
    for word in ["<script", "href", "url(", "@import"] { #expect(!svg.contains(word)) }
    #expect(svg.contains("prefers-color-scheme: dark"))
  }

  @Test func axesHaveTitlesWithUnits() {
    let svg = LossCurvePlot(estimate([1, 2])).svg
    #expect(svg.contains("masked share of the row (%)"))
    #expect(svg.contains("cross-entropy of a masked token (nats)") && svg.contains("(bits)"))
  }

  @Test func oneRowHasNoBand() throws {
    #expect(try svgElements(LossCurvePlot(estimate([1, 2], rows: 1)).svg)["polygon"] == nil)
  }

  /// Nothing scored, nothing certain, nothing finite: still a document.
  @Test(arguments: [[], [0], [.infinity], [.nan, 1]])
  func strangeCurvesAreDrawn(nats: [Double]) throws {
    let svg = LossCurvePlot(estimate(nats)).svg
    #expect(try svgElements(svg)["svg"] == 1)
    for number in [",nan", ",inf", "\"nan", "\"inf"] { #expect(!svg.contains(number)) }
  }

  @Test(arguments: [
    (0.0, 0, "0"), (2.345, 2, "2.35"), (-0.001, 2, "0.00"), (12, 3, "12.000"), (-1.5, 1, "-1.5"),
    (1e300, 1, "1e+300"),
  ])
  func numbersHaveFixedDigits(value: Double, digits: Int, text: String) {
    #expect(value.fixed(digits) == text)
  }

  @Test func fileIsTheDocument() throws {
    let path = NSTemporaryDirectory() + "mdlm-plot-\(UUID().uuidString).svg"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let plot = LossCurvePlot(estimate([1, 2]))
    try plot.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == plot.svg)
  }
}
