import Foundation
import Testing

@testable import MDLM
@testable import MDLMCommand

struct RunReportTests {
  @Test func pageOfARunLiesInIt() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let run = place.run("report @/run")
    #expect(run.exitCode == .success && run.output.isEmpty)
    #expect(run.messages == "wrote \(place.path)/run/report.html\n")
    let page = String(decoding: try place.bytes(of: "run/report.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("best validation"))
    // The page itself is no part of the run: again it is the same.
    #expect(place.run("report @/run/ --output @/again.html").exitCode == .success)
    let again = String(decoding: try place.bytes(of: "again.html"), as: UTF8.self)
    #expect(again == page)
  }

  @Test(arguments: ["--compare @/run @/other", "@/run @/other"])
  func twoRunsShareAPage(words: String) throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    #expect(
      place.run(
        "train --config @/tiny.json5 --output @/other --threads 1 --set optim.lr=0.5"
      ).exitCode == .success)
    let run = place.run("report \(words) --output @/both.html")
    #expect(run.exitCode == .success, "\(run.messages)")
    let page = String(decoding: try place.bytes(of: "both.html"), as: UTF8.self)
    #expect(
      page.contains("+ optim.lr: 0.5") && page.contains("<h1><span class=\"run0\">run</span>"))
  }

  @Test func comparisonGoesToTheCurrentDirectory() throws {
    let place = try Workspace()
    try place.makeDirectory("a")
    try place.makeDirectory("b")
    let words = ["\(place.path)/a", "\(place.path)/b"]
    #expect(try Report(Report.definition.parse(words)).output == "compare.html")
    #expect(
      try Report(Report.definition.parse(["\(place.path)/a/"])).output
        == "\(place.path)/a/report.html")
  }

  @Test(arguments: [
    ("@/run @/text.txt", ExitCode.usage, "found a run (@/run) beside a file, expected two runs or"),
    ("@/text.txt @/run", .usage, "found a run (@/run) beside a file"),
    ("@/run --sample 1", .usage, "--sample: found it with a run"),
    ("@/run --output @/a.svg", .usage, "expected a name that ends in .html, as a run is a page"),
    ("@/run @/run --output @/a.svg", .usage, "expected a name that ends in .html"),
    ("--compare @/run", .usage, "--compare: found one run, expected two runs"),
    ("--compare @/text.txt @/text.txt", .usage, "--compare: found no run, expected two runs"),
    ("@/empty", .missingInput, "@/empty: found neither config.json5 nor metrics.jsonl in it"),
    ("@/run", .badData, "@/run/metrics.jsonl:1:1: found"),
    ("@/odd", .badConfiguration, "@/odd/config.json5"),
  ])
  func mistakesAreTold(line: String, code: ExitCode, sentence: String) throws {
    let place = try Workspace()
    for name in ["run", "empty", "odd"] { try place.makeDirectory(name) }
    try place.write("what?\n", to: "run/metrics.jsonl")
    try place.write("{ mood: 1 }", to: "odd/config.json5")
    let run = place.run("report \(line)")
    #expect(run.exitCode == code)
    #expect(run.messages.contains(place.expanded(sentence)), "\(run.messages)")
  }
}
