import Testing

@testable import MDLM

struct PlotScaleTests {
  @Test(arguments: [(0.7, 0.8), (3.2, 4), (5, 5), (0.013, 0.015), (41, 50), (0, 1), (.nan, 1)])
  func axisEndsAtARoundNumber(highest: Double, limit: Double) {
    let scale = PlotScale.linear(to: highest)
    #expect(abs(scale.range.upperBound - limit) <= 1e-9 && scale.range.lowerBound == 0)
    #expect(scale.place(0) == 0 && abs(scale.place(limit) - 1) <= 1e-9)
  }

  @Test func linearAxisGoesAroundItsValues() {
    let scale = PlotScale.linear(around: [5.1, 5.6, .nan])
    #expect(scale.ticks.map(\.label) == ["5.0", "5.2", "5.4", "5.6"])
    #expect(abs(scale.place(5.3) - 0.5) < 1e-9)
    let point = PlotScale.linear(around: [3])
    #expect(point.range.lowerBound < 3 && point.range.upperBound > 3 && point.ticks.count > 1)
  }

  @Test func logarithmicAxisHasEqualStepsForEqualFactors() {
    let scale = PlotScale.logarithmic(around: [8, 128])
    #expect(scale.ticks.map(\.label) == ["10", "20", "50", "100"])
    #expect(abs(scale.place(64) - scale.place(32) - scale.place(32) + scale.place(16)) < 1e-9)
    #expect(scale.place(8) > 0 && scale.place(128) < 1)
    let wide = PlotScale.logarithmic(around: [0.5, 5000, -1, 0])
    #expect(wide.ticks.map(\.label) == ["1", "10", "100", "1000"])
    #expect(PlotScale.logarithmic(around: []).ticks.isEmpty == false)
    #expect(PlotScale.logarithmic(around: [0.02]).ticks.map(\.label) == ["0.01", "0.02"])
  }

  /// Files of samples may hold any number of calls.
  @Test(arguments: [
    [Double.leastNonzeroMagnitude], [1e-20], [1e-99, 1e99], [1.7e308], [1e300, -1e300],
    [Double.leastNonzeroMagnitude, 0],
    [1e20, 1e20 + 16384],
    [1, 1 + 1e-15], [.infinity, -.infinity, .nan], [-1e308, 1e308],
  ])
  func extremeValuesHaveAScale(values: [Double]) {
    var scales = [PlotScale.logarithmic(around: values), .linear(around: values)]
    scales += values.map(PlotScale.linear(to:))
    for scale in scales {
      #expect(scale.range.lowerBound < scale.range.upperBound && scale.ticks.count < 500)
      for value in values { _ = scale.place(value).fixed(1) }
    }
    #expect(1e-20.fixed(20) == "1e-20")
  }

  @Test func otherUnitHasRoundNumbersOfItsOwn() {
    let bits = PlotScale.linear(to: 4).read(in: 0.5)
    #expect(bits.ticks.map(\.label) == ["0", "2", "4", "6", "8"])
    #expect(bits.ticks.map(\.value) == [0, 1, 2, 3, 4])
  }
}
