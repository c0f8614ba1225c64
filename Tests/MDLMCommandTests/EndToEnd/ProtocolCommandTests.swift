import Foundation
import MDLM
import Testing

@testable import MDLMCommand

struct ProtocolCommandTests {
  private let place: Workspace

  init() throws { place = try Workspace() }

  @Test func everyProtocolIsListedWithItsPlace() throws {
    let text = place.run("eval-ppl --list-protocols --corpora @").output
    for published in DataProtocol.all {
      #expect(text.contains("\n\(published.name)\n") || text.hasPrefix("\(published.name)\n"))
      #expect(text.contains(published.source))
    }
    #expect(text.contains("\nzero-shot\n"))
    let lines = place.run("eval-ppl --list-protocols --json").output.split(separator: "\n")
    #expect(try lines.map { try object($0)["protocol"] as? String } == DataProtocol.all.map(\.name))
  }

  /// text8's 27 characters are a vocabulary that a tiny run can have.
  @Test func protocolMeasuresItsPart() throws {
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
    let text = String(repeating: letters.joined() + " ", count: 400)
    try place.write(text, to: "text8")
    let trained = place.run(
      "train --config @/tiny.json5 --set data.train=@/text8 --output @/run --threads 1")
    #expect(trained.exitCode == .success, "\(trained.messages)")
    let run = place.run("eval-ppl --checkpoint @/run --protocol text8 --corpora @ --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let fields = try object(run.output)
    // The last 5 % of 10,800 characters in rows of 8, the model's most.
    #expect(fields["tokens"] as? Int == 540 / 8 * 8)
    let manifest = try #require(fields["manifest"] as? [String: Any])
    #expect(manifest["protocol"] as? String == "text8")
    #expect(manifest["files"] as? [String] == [place.expanded("@/text8")])
    #expect(run.messages.contains("rows of 8 tokens, the model's most"))
    let plan = try object(
      place.run("eval-ppl --checkpoint @/run --protocol text8 --corpora @ --dry-run --json").output)
    #expect(plan["sequences"] as? Int == 67)
    let planned = plan["manifest"] as? [String: Any]
    #expect(planned?["rows_sha256"] as? String == manifest["rows_sha256"] as? String)
  }

  @Test(arguments: [
    ("--protocol ptb --corpora @", ExitCode.missingInput, "ptb.valid.txt: found nothing there"),
    ("--protocol ptb --data @/text.txt", .usage, "a model of 26 ids"),
    ("--protocol zero-shot --corpora @", .missingInput, "wiki.valid.raw: found nothing there"),
    ("--protocol zero-shot --data @/text.txt", .usage, "--corpora DIR"),
    ("--protocol ptb --split test", .usage, "--split"),
    ("--protocol wikitxt", .usage, "Did you mean wikitext?"),
    ("--list-protocols", .usage, "--list-protocols"),
  ])
  func mistakesAreExplained(options: String, code: ExitCode, fragment: String) throws {
    #expect(place.train().exitCode == .success)
    let run = place.run("eval-ppl --checkpoint @/run \(options)")
    #expect(run.exitCode == code)
    #expect(run.messages.contains(fragment), "\(run.messages)")
    #expect(run.output.isEmpty)
  }

  @Test func modelIsAskedFor() {
    let run = place.run("eval-ppl --data @/text.txt")
    #expect(run.exitCode == .usage && run.messages.contains("--checkpoint DIR"))
  }
}
