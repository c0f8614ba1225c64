import Foundation
import Testing

@testable import MDLM
@testable import MDLMCommand

struct ReportCommandTests {
  /// Writes a trace of samples 2 and 5, the second unfinished.
  private func writeTrace(_ name: String, in place: Workspace) throws {
    let header = TraceHeader(
      model: "ab", tokenizer: nil, predictor: "ddpm", schedule: "loglinear", grid: "linear",
      steps: 2, seed: 1, maskID: 0)
    let writer = try TraceWriter(path: "\(place.path)/\(name)", header: header) { "word\($0) " }
    for sample in [2, 5] {
      try writer.write(.began(SamplingBeginning(sample: sample, tokens: [0, 7])))
      try writer.write(
        .revealed(
          Reveal(
            sample: sample, step: 0, time: 1, position: 0, token: Int32(10 + sample),
            belief: TokenBelief(probability: 0.5, entropy: 1, top: []))))
      if sample == 2 {
        try writer.write(
          .finished(MDLM.Sample(index: 2, tokens: [12, 7], networkCalls: 1)))
      }
    }
  }

  @Test func pageTakesTheNameOfTheTrace() throws {
    let place = try Workspace()
    try writeTrace("a.b.jsonl", in: place)
    let run = place.run("report @/a.b.jsonl")
    #expect(run.exitCode == .success && run.output.isEmpty)
    #expect(run.messages == "wrote \(place.path)/a.b.html\n")
    let page = String(decoding: try place.bytes(of: "a.b.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("word12 word7"))
  }

  @Test func twoTracesShareAPage() throws {
    let place = try Workspace()
    try writeTrace("a.jsonl", in: place)
    try writeTrace("b.jsonl", in: place)
    #expect(place.run("report @/a.jsonl @/b.jsonl --output @/c.html").exitCode == .success)
    let page = String(decoding: try place.bytes(of: "c.html"), as: UTF8.self)
    #expect(page.contains("id=\"text-1\""))
  }

  @Test func unfinishedSampleIsNoted() throws {
    let place = try Workspace()
    try writeTrace("a.jsonl", in: place)
    let run = place.run("report @/a.jsonl --sample 5 --output @/a.svg")
    #expect(run.exitCode == .success)
    #expect(run.messages.contains("note: a.jsonl ends before sample 5 does"))
    let svg = String(decoding: try place.bytes(of: "a.svg"), as: UTF8.self)
    #expect(svg.hasPrefix("<svg ") && svg.contains(">word15<"))
  }

  @Test(arguments: [
    ("@/a.jsonl --output @/a.png", ExitCode.usage, "expected a name that ends in .html or .svg"),
    ("@/a.jsonl @/a.jsonl --output @/a.svg", .usage, "found an .svg of two traces"),
    ("@/a.html", .usage, "expected another file than the trace"),
    ("@/a.jsonl --sample 3", .usage, "found 3, expected a sample of @/a.jsonl, from 2 to 5"),
    ("@/none.jsonl", .missingInput, "@/none.jsonl: found nothing there"),
    ("@/text.txt", .badData, "@/text.txt:1:1: found"),
    ("@/header.jsonl", .badData, "@/header.jsonl: found no sample"),
    ("@/a.jsonl --output @/no/a.html", .cannotWrite, "@/no/a.html"),
  ])
  func mistakesAreTold(line: String, code: ExitCode, sentence: String) throws {
    let place = try Workspace()
    try writeTrace("a.jsonl", in: place)
    let header = try place.bytes(of: "a.jsonl").prefix { $0 != UInt8(ascii: "\n") }
    try place.write(header + [UInt8(ascii: "\n")], to: "header.jsonl")
    let run = place.run("report \(line)")
    #expect(run.exitCode == code)
    #expect(run.messages.contains(place.expanded(sentence)), "\(run.messages)")
  }
}
