import Testing

@testable import MDLM

struct ChartSeriesTests {
  private func series(_ values: [Double]) -> ChartSeries {
    ChartSeries(
      name: "a", kind: "b",
      points: values.enumerated().map { ChartSeries.Point(x: Double($0), y: $1) })
  }

  @Test func fewPointsStayAsTheyAre() {
    let whole = series((0..<200).map(Double.init))
    #expect(whole.thinned(columns: 100).points == whole.points)
    #expect(series([]).thinned(columns: 100).points.isEmpty)
  }

  @Test func thinningKeepsEndsAndExtremes() {
    var generator = SplitMix64(2)
    var values = (0..<100_000).map { _ in Double.random(in: 0...1, using: &generator) }
    values[5_000] = 9
    values[77_777] = -9
    let whole = series(values)
    let thin = whole.thinned(columns: 300)
    #expect(thin.points.count <= 602 && thin.points.count > 590)
    #expect(thin.points.first == whole.points.first && thin.points.last == whole.points.last)
    #expect(thin.points.contains { $0.y == 9 } && thin.points.contains { $0.y == -9 })
    #expect(zip(thin.points, thin.points.dropFirst()).allSatisfy { $0.x < $1.x })
    #expect(whole.thinned(columns: 300).points == thin.points)
  }

  @Test func manyPointsOfOneStepAreNoTrap() {
    var whole = series(Array(repeating: 1, count: 1000))
    for index in whole.points.indices { whole.points[index].x = 5 }
    #expect(whole.thinned(columns: 10).points.count == 1000)
  }

  @Test func smoothingKeepsWhatIsSmooth() throws {
    let flat = try #require(series(Array(repeating: 2.5, count: 400)).smoothed(name: "", kind: ""))
    #expect(flat.points.allSatisfy { abs($0.y - 2.5) < 1e-9 })
    let line = try #require(series((0..<400).map(Double.init)).smoothed(name: "", kind: ""))
    for index in 0..<380 { #expect(abs(line.points[index].y - Double(index)) < 1e-6) }
    #expect(series([1, 2, 3]).smoothed(name: "", kind: "") == nil)
  }

  @Test(arguments: [0, 1, 7, 1600, 999_999, 1_000_000_000_000])
  func stepsEndAtTheLast(last: Int) {
    let scale = PlotScale.steps(to: last)
    #expect(scale.range == 0...Double(max(1, last)))
    #expect((2...10).contains(scale.ticks.count))
    #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count)
  }

  @Test func outliersLieBeyondTheAxis() {
    let scale = PlotScale.linear(
      aroundMost: Array(repeating: 2, count: 500) + [3, 1, 1000], andAll: [1.5, 2.5])
    #expect(scale.range.upperBound < 4 && scale.range.contains(2.5) && scale.range.contains(1.5))
  }
}
