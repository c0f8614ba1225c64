import Testing

@testable import MDLMCommand

struct TrainingStatusTests {
  @Test func lineTellsLossSpeedAndTime() {
    let status = TrainingStatus(
      step: 500, lastStep: 5000, loss: 2.0365, tokensPerSecond: 12_345, remaining: .seconds(245))
    #expect(status.text() == "step 500/5000  10%  loss 2.037  12.3k tok/s  ETA 4m 05s")
  }

  @Test func whatMattersLeastIsLeftOutFirst() {
    let status = TrainingStatus(
      step: 500, lastStep: 5000, loss: 2.0365, course: "▇▅▃▁", learningRate: 3e-4,
      gradientNorm: 0.816, tokensPerSecond: 12_345, shareOfMultiply: 0.714,
      remaining: .seconds(245))
    #expect(
      status.text()
        == "step 500/5000  10%  loss 2.037  ▇▅▃▁  lr 3.0e-4  |g| 0.82  12.3k tok/s  "
        + "71% of sgemm  ETA 4m 05s")
    #expect(
      status.text(columns: 79)
        == "step 500/5000  10%  loss 2.037  ▇▅▃▁  |g| 0.82  12.3k tok/s  ETA 4m 05s")
    #expect(status.text(columns: 40) == "step 500/5000  loss 2.037  ETA 4m 05s")
    #expect(status.text(columns: 5) == "step 500/5000  loss 2.037")
  }

  @Test func sparklineShowsTheWholeCourse() {
    var line = Sparkline(width: 8)
    #expect(line.text == "")
    for step in 0..<8 { line.add(Double(7 - step)) }
    // Eight values have become four.
    #expect(line.text == "█▆▃▁")
    for _ in 0..<1000 { line.add(0) }
    #expect((4...8).contains(line.text.count) && line.text.hasPrefix("█▁"))
    line.add(.nan)
  }

  @Test func constantHasAFlatSparkline() {
    var line = Sparkline()
    for _ in 0..<5 { line.add(2) }
    #expect(line.text == "▁▁▁▁▁")
  }

  @Test func unknownPartsAreLeftOut() {
    #expect(TrainingStatus(step: 0, lastStep: 0).text() == "step 0/0")
  }

  @Test func smoothedLossStartsAtTheFirstLoss() {
    var loss = SmoothedLoss(decay: 0.9)
    #expect(loss.value == nil)
    loss.add(3)
    #expect(abs((loss.value ?? 0) - 3) < 1e-12)
  }

  @Test func smoothedLossWeighsRecentLossesMore() {
    var loss = SmoothedLoss(decay: 0.5)
    for value in [4.0, 1] { loss.add(value) }
    // (0.25 · 4 + 0.5 · 1) / 0.75
    #expect(loss.value == 2)
  }

  @Test func paceLeavesOutTheFirstStep() {
    var pace = Pace()
    pace.record(step: 101, at: .seconds(60))
    #expect(pace.stepsPerSecond == nil)
    #expect(pace.remaining(until: 200) == nil)
    pace.record(step: 111, at: .seconds(65))
    #expect(pace.stepsPerSecond == 2)
    #expect(pace.remaining(until: 200) == .seconds(44.5))
    #expect(pace.remaining(until: 100) == .zero)
  }

  @Test func hugeRunHasATimeLeft() {
    var pace = Pace()
    pace.record(step: 1, at: .zero)
    pace.record(step: 2, at: .seconds(1_000_000))
    #expect(pace.remaining(until: .max) == .seconds(1e15))
  }
}
