import Foundation

@testable import MDLM

/// A run of the parsers over damaged files, as the environment or the test suite asks for it.
struct FuzzRun {
  private static let variables = ProcessInfo.processInfo.environment

  /// Inputs of all targets together; nil for a few.
  private let inputs = variables["MDLM_FUZZ_INPUTS"].flatMap { Int($0) }
  /// The number of the first damaged input of every target.
  private let first = variables["MDLM_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
  /// The one target to run.
  private let targetName = variables["MDLM_FUZZ_TARGET"]
  /// The one input to read.
  private let number = variables["MDLM_FUZZ_NUMBER"].flatMap { Int($0) }
  /// A directory for the file `at-work`, the table and the files of a single input.
  private let results = variables["MDLM_FUZZ_RESULTS"]

  /// Inputs of each target where nobody asks for more.
  private static let fewInputs = 150

  /// What went wrong, each time with the arguments of `scripts/fuzz` that repeat it.
  private(set) var failures: [String] = []

  /// Runs on a thread with as little stack as a caller may have.
  ///
  /// - Returns: What went wrong.
  /// - Throws: Whatever goes wrong where a seed is made.
  static func failures() throws -> [String] {
    nonisolated(unsafe) var result: Result<[String], any Error> = .success([])
    let finished = DispatchSemaphore(value: 0)
    let thread = Thread {
      result = Result {
        var run = FuzzRun()
        try withScratchDirectory { try run.run(in: $0) }
        return run.failures
      }
      finished.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    finished.wait()
    return try result.get()
  }

  private mutating func run(in scratch: String) throws {
    let results = results ?? scratch
    let watch = FuzzWatch(recordingTo: "\(results)/at-work")
    defer { watch.finish() }
    let targets = try FuzzTarget.all(in: scratch).filter {
      targetName == nil || targetName == $0.name
    }
    if targets.isEmpty { failures.append("no target is called \(targetName ?? "")") }
    if inputs != nil { FuzzWatch.limitMemory() }
    let table = try OutputFile(emptying: "\(results)/table")
    try table.write(FuzzTally.heading)
    var total = FuzzTally(name: "all")
    for target in targets {
      let directory = "\(scratch)/\(target.name)"
      try makeDirectory(directory)
      if let number {
        let input = target.input(number, in: "\(results)/files")
        try makeDirectory(input.directory)
        try input.write()
      }
      let tally = fuzz(target, numbers(of: target, targets.count), in: directory, watch)
      try table.write(tally.row)
      total.add(tally)
    }
    try table.write(total.row)
  }

  /// The inputs to read: seeds come first.
  private func numbers(of target: FuzzTarget, _ targetCount: Int) -> [Int] {
    if let number { return [number] }
    let start = target.seedCount + first
    let count = inputs.map { $0 / targetCount } ?? Self.fewInputs
    return (first == 0 ? Array(0..<target.seedCount) : [])
      + (start..<start + count)
  }

  private mutating func fuzz(
    _ target: FuzzTarget, _ numbers: [Int], in directory: String, _ watch: FuzzWatch
  ) -> FuzzTally {
    var tally = FuzzTally(name: target.name)
    let start = ContinuousClock.now
    for number in numbers {
      let input = target.input(number, in: directory)
      var failure: (any Error)?
      let begin = ContinuousClock.now
      let isSmall = watch.watch(target.name, number) {
        do {
          try target.parse(input)
          tally.accepted += 1
        } catch is InputError where number >= target.seedCount {
          tally.refused += 1
        } catch is InputErrors where number >= target.seedCount {
          tally.refused += 1
        } catch {
          failure = error
        }
      }
      let duration = ContinuousClock.now - begin
      if duration > tally.slowest.duration { tally.slowest = (duration, number) }
      // Other tests of the same process take memory, too.
      if inputs != nil && !isSmall { failure = FuzzFinding("too much memory") }
      if let failure {
        tally.failed += 1
        failures.append("scripts/fuzz \(target.name) \(number): \(failure)")
      }
    }
    tally.duration = ContinuousClock.now - start
    return tally
  }
}
