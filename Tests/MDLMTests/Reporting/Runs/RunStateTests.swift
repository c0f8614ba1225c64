import Foundation
import Testing

@testable import MDLM

struct RunStateTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var sessions: [String] = []
    var checkpoints: [Int] = []
    let state: RunHistory.State
    var testDescription: String { "\(state.text) after \(sessions.count) lines" }
  }

  static let cases = [
    Case(state: .new),
    Case(sessions: [RunSketch.begin()], state: .killed),
    Case(sessions: [RunSketch.begin()], checkpoints: [20], state: .killed),
    Case(checkpoints: [20], state: .stopped(reason: nil)),
    Case(checkpoints: [40], state: .finished),
    Case(
      sessions: [RunSketch.begin(), RunSketch.end(step: 20, reason: "max_time")],
      checkpoints: [20], state: .stopped(reason: "max_time")),
    Case(
      sessions: [RunSketch.begin(), RunSketch.end(step: 3, reason: "diverged")],
      state: .stopped(reason: "diverged")),
    Case(
      sessions: [RunSketch.begin(), RunSketch.end(step: 40, reason: "finished")],
      state: .finished),
    Case(
      sessions: [
        RunSketch.begin(), RunSketch.end(step: 20, reason: "stopped"), RunSketch.begin(step: 20),
      ], checkpoints: [20], state: .killed),
  ]

  @Test(arguments: cases)
  func stateFollowsFromTheFiles(example: Case) throws {
    var run = RunSketch()
    run.sessions = example.sessions
    run.checkpoints = example.checkpoints
    #expect(try run.read().state == example.state)
  }

  @Test func heldLockIsARunningRun() throws {
    try RunSketch.trained().write { directory in
      try Data("{}\n".utf8).write(to: URL(filePath: "\(directory.path)/lock"))
      #expect(try RunHistory(directory: directory).state == .finished)
      let lock = try #require(FileLock(path: "\(directory.path)/lock"))
      #expect(try RunHistory(directory: directory).state == .running)
      lock.release()
      #expect(try RunHistory(directory: directory).state == .finished)
    }
  }

  /// `seconds` falls back when a run is resumed; its time is the sum over processes.
  @Test func timeIsTheSumOverSessions() throws {
    var run = RunSketch()
    run.metrics = [(10, 5.0), (20, 10), (30, 4), (40, 9)].map { step, seconds in
      #"{"kind":"train","step":\#(step),"loss":1,"seconds":\#(seconds)}"#
    }
    #expect(try run.read().durations == [10, 9])
    #expect(try run.read().resumptions == [20])
    run.sessions = [
      RunSketch.begin(), RunSketch.end(step: 20, reason: "stopped", seconds: 10.5),
      // One that was killed before its first checkpoint left nothing.
      RunSketch.begin(step: 20), RunSketch.begin(step: 20),
    ]
    let history = try run.read()
    #expect(history.durations == [10.5, 0, 9] && history.seconds == 19.5)
    #expect(history.resumptions == [20, 20])
    #expect(history.sessions.indices.map(history.lastStep) == [20, 20, 40])
  }

  @Test func runsAreFoundBelowADirectory() throws {
    try withScratchDirectory { folder in
      let manager = FileManager.default
      for name in ["a", "b/c", "b/c/checkpoints/inner", ".hidden", "none"] {
        let path = "\(folder)/\(name)"
        try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        if name != "none" { try Data("{}".utf8).write(to: URL(filePath: "\(path)/config.json5")) }
      }
      try manager.createSymbolicLink(atPath: "\(folder)/loop", withDestinationPath: folder)
      let found = RunDirectory.all(in: folder).map { String($0.path.dropFirst(folder.count + 1)) }
      #expect(found == ["a", "b/c"])
      #expect(RunDirectory.all(in: "\(folder)/a").map(\.path) == ["\(folder)/a"])
    }
  }
}
