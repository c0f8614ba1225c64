import Testing

@testable import MDLM

struct TimeGridTests {
  @Test(arguments: TimeGrid.Spacing.allCases) func timesFallFromOneToTheEnd(
    spacing: TimeGrid.Spacing
  ) {
    let grid = TimeGrid(spacing, steps: 7)
    let times = (0...7).map { grid.time(after: $0) }
    #expect(times[0] == 1 && abs(times[7] - 1e-5) < 1e-15)
    for (time, next) in zip(times, times.dropFirst()) { #expect(next < time) }
  }

  @Test func linearStepsAreEqualAndCosineStepsGrow() {
    let linear = TimeGrid(.linear, steps: 4)
    #expect(abs(linear.time(after: 1) - (1 - (1 - 1e-5) / 4)) < 1e-15)
    let cosine = TimeGrid(.cosine, steps: 3, end: 0)
    #expect(abs(cosine.time(after: 1) - 0.8660254037844387) < 1e-12)
    #expect(abs(cosine.time(after: 2) - 0.5) < 1e-12)
  }

  @Test(arguments: TimeGrid.Spacing.allCases, [1, 3, 10, 64, 1000])
  func revealsOfAllStepsAreAllMasks(spacing: TimeGrid.Spacing, steps: Int) {
    let grid = TimeGrid(spacing, steps: steps, end: 0)
    for count in [1, 2, 17, 64, 100] {
      let reveals = (0..<steps).map { grid.reveals(inStep: $0, of: count) }
      #expect(reveals.reduce(0, +) == count)
      #expect(reveals.allSatisfy { $0 >= 0 })
      // An even grid calls the network as often as there are steps, or masks.
      if spacing == .linear { #expect(reveals.count { $0 > 0 } == min(steps, count)) }
    }
  }

  @Test(arguments: [0.9, 0.5, 0.01, 1e-6]) func timeUndoesTheMaskProbability(time: Double) {
    let schedule = LogLinearSchedule()
    let found = schedule.time(maskProbability: schedule.maskProbability(at: time))
    #expect(abs(found - time) < 1e-12)
  }
}
