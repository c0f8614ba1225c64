import Foundation
import Testing

@testable import MDLM
@testable import MDLMCommand

struct RunsCommandTests {
  /// Three runs: one that is trained, one that has only begun, one that cannot be read.
  private func place() throws -> Workspace {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    try place.makeDirectory("more/young")
    try place.makeDirectory("more/damaged")
    try place.write(Workspace.configuration, to: "more/young/config.json5")
    try place.write(Workspace.configuration, to: "more/damaged/config.json5")
    try place.write("{\"kind\":\"train\"}\n", to: "more/damaged/metrics.jsonl")
    return place
  }

  @Test func tableListsEveryRun() throws {
    let place = try place()
    let run = place.run("runs @ --sort name")
    #expect(run.exitCode == .success && run.messages.isEmpty)
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0].hasPrefix("run ") && lines[0].hasSuffix("written (UTC)"))
    #expect(lines[1].hasPrefix("\(place.path)/more/damaged  unreadable"))
    #expect(lines[2].hasPrefix("\(place.path)/more/young    new "))
    #expect(lines[3].hasPrefix("\(place.path)/run           finished"))
    #expect(lines[3].contains("  4/4  "))
    #expect(
      lines[5]
        == "unreadable: \(place.path)/more/damaged/metrics.jsonl:1: step: found no such field, "
        + "expected a whole number. Take the line out.")
  }

  @Test func latestComesFirst() throws {
    let place = try place()
    for (name, age) in [("run", 100.0), ("more/young", 50), ("more/damaged", 75)] {
      for path in try place.names where path.hasPrefix("\(name)/") {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1e9 - age)],
          ofItemAtPath: "\(place.path)/\(path)")
      }
    }
    let lines = place.run("runs @ --json").output.split(separator: "\n")
    let names = try lines.map { try object($0)["run"] as? String }
    #expect(names == ["more/young", "more/damaged", "run"].map { "\(place.path)/\($0)" })
    #expect(try object(lines[0])["written"] as? String == "2001-09-09T01:45:50Z")
  }

  @Test func jsonHasTheSameKeysForEveryRun() throws {
    let place = try place()
    let lines = place.run("runs @ --json --sort name").output.split(separator: "\n")
    let objects = try lines.map { try object($0) }
    #expect(objects.count == 3)
    for object in objects {
      #expect(
        Set(object.keys) == [
          "best_nll", "best_ppl", "best_stderr", "best_step", "max_steps", "parameters", "reason",
          "run", "seconds", "state", "step", "tokens", "written",
        ])
    }
    #expect(objects.map { $0["state"] as? String } == ["unreadable", "new", "finished"])
    #expect((objects[0]["reason"] as? String)?.contains("metrics.jsonl:1") == true)
    #expect(objects[1]["step"] as? Int == 0 && objects[1]["best_nll"] is NSNull)
    #expect(objects[2]["step"] as? Int == 4 && objects[2]["best_ppl"] is Double)
    #expect(objects[2]["parameters"] as? Int ?? 0 > 1000)
  }

  @Test func runItselfCanBeNamed() throws {
    let place = try place()
    let run = place.run("runs @/run @/more/young")
    #expect(run.output.split(separator: "\n").count == 3)
  }

  @Test func nothingFoundIsNoMistake() throws {
    let place = try Workspace()
    for options in ["", " --json"] {
      let run = place.run("runs @\(options)")
      #expect(run.exitCode == .success && run.output.isEmpty)
      #expect(run.messages.hasPrefix("note: no run in \(place.path); a run is a directory that"))
    }
  }

  @Test func missingDirectoryIsOne() throws {
    let place = try Workspace()
    let run = place.run("runs @/none")
    #expect(run.exitCode == .missingInput)
    #expect(run.messages.contains("\(place.path)/none: found no directory there"))
  }
}
