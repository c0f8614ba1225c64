import Testing

@testable import MDLMCommand

struct ProgressLineTests {
  private let live = Terminal(isTerminal: true, width: 12) { _ in nil }
  private let plain = Terminal(isTerminal: false) { _ in nil }

  @Test func liveLineIsDrawnOver() {
    var line = ProgressLine(terminal: live)
    #expect(line.update(at: .zero, "step 1") == "\rstep 1\u{1B}[K")
    #expect(line.update(at: .milliseconds(100), "step 2") == "\rstep 2\u{1B}[K")
  }

  @Test func liveLineIsDrawnTenTimesASecondAtMost() {
    var line = ProgressLine(terminal: live)
    let drawn = (0..<1000).count { !line.update(at: .milliseconds($0), "step \($0)").isEmpty }
    #expect(drawn == 10)
  }

  @Test func liveLineNeverWraps() {
    var line = ProgressLine(terminal: live)
    #expect(line.update(at: .zero, "step 100 of 1000") == "\rstep 100 o…\u{1B}[K")
  }

  @Test func interjectionMovesTheLiveLineDown() {
    var line = ProgressLine(terminal: live)
    _ = line.update(at: .zero, "step 1")
    #expect(line.interjection("saved") == "\r\u{1B}[Ksaved\n\rstep 1\u{1B}[K")
  }

  @Test func endOfLiveLineKeepsTheLastText() {
    var line = ProgressLine(terminal: live)
    _ = line.update(at: .zero, "step 1")
    #expect(line.end("step 9") == "\rstep 9\u{1B}[K\n")
    #expect(line.end() == "")
  }

  @Test func plainLinesAreApart() {
    var line = ProgressLine(terminal: plain, plainInterval: .seconds(10))
    #expect(line.update(at: .seconds(1), "step 1") == "step 1\n")
    #expect(line.update(at: .seconds(10), "step 2") == "")
    #expect(line.update(at: .seconds(11), "step 3") == "step 3\n")
    #expect(line.interjection("saved") == "saved\n")
    #expect(line.end() == "")
    #expect(line.end("done") == "done\n")
  }

  @Test(arguments: [(4, "step"), (3, "st…"), (1, "…"), (0, ""), (-1, "")])
  func shorteningLeavesRoomForTheEllipsis(columns: Int, expected: String) {
    #expect("step".shortened(to: columns) == expected)
  }
}
