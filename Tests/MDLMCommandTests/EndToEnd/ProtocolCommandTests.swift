import Foundation
import MDLM
import Testing

@testable import MDLMCommand

struct ProtocolCommandTests {
  private let place: Workspace

  init() throws { place = try Workspace() }

  @Test func everyProtocolIsListedWithItsPlace() throws {
    let text = place.run("eval-ppl --list-protocols --corpora @").output
    let words = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    for published in DataProtocol.all {
      #expect(text.contains("\n\(published.name)\n") || text.hasPrefix("\(published.name)\n"))
      #expect(words.contains(published.source))
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

  /// The file of text8 is cut as the field cuts it: 90 % to train on, 5 % each to validate and to test.
  @Test func oneFileOfAProtocolIsCutInThree() async {
    await #expect(processExitsWith: .success) {
      let place = try Workspace()
      let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
      try place.makeDirectory("corpora")
      try place.write(
        String(repeating: letters.joined() + " ", count: 400), to: "corpora/text8")
      // Runs look for corpora in the current directory.
      #expect(FileManager.default.changeCurrentDirectoryPath(place.path))
      try place.write(
        """
        {
          data: {
            train: "text8", valid: "text8", tokenizer_name_or_path: "char", documents: "stream",
            insert_bos_eos: false,
          },
          model: { hidden_size: 4, n_blocks: 1, n_heads: 2, cond_dim: 4, length: 256 },
          loader: { global_batch_size: 1 }, trainer: { max_steps: 1 },
        }
        """, to: "text8.json5")
      let trained = place.run("train --config @/text8.json5 --output @/run --threads 1")
      #expect(trained.exitCode == .success, "\(trained.messages)")
      for (split, rows) in [("train", 9720 / 256), ("valid", 540 / 256), ("test", 540 / 256)] {
        let plan = try object(
          place.run("eval-ppl --checkpoint @/run --split \(split) --dry-run --json").output)
        #expect(plan["sequences"] as? Int == rows)
        let manifest = plan["manifest"] as? [String: Any]
        #expect((manifest?["protocol"] as? String == "text8") == (split == "test"))
      }
      let published = try object(
        place.run("eval-ppl --checkpoint @/run --protocol text8 --dry-run --json").output)
      let test = try object(
        place.run("eval-ppl --checkpoint @/run --split test --dry-run --json").output)
      let hashes = [published, test].map { ($0["manifest"] as? [String: Any])?["rows_sha256"] }
      #expect(hashes[0] as? String != nil && hashes[0] as? String == hashes[1] as? String)
      #expect(FileManager.default.changeCurrentDirectoryPath("/"))
    }
  }

  private static let shared = URL(filePath: #filePath)
    .appending(path: "../../../../../shared/data").standardized.path

  /// The suite with one corpus of seven, and a network of GPT-2's ids that is as small as can be.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: shared + "/ptb/ptb.valid.txt"),
      "needs Penn Treebank and GPT-2's tokenizer (../shared/data)"))
  func suiteIsATableOfWhatIsThere() throws {
    let config = """
      {
        data: {
          train: "@/text.txt", tokenizer_name_or_path: "@/gpt2",
          valid_fraction: 0.4, test_fraction: 0,
        },
        model: { hidden_size: 4, n_blocks: 1, n_heads: 2, cond_dim: 4, length: 1024 },
        loader: { global_batch_size: 1 }, trainer: { max_steps: 1 },
      }
      """
    for (link, target) in [("gpt2", "tokenizers/gpt2"), ("ptb", "ptb")] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(place.path)/\(link)", withDestinationPath: "\(Self.shared)/\(target)")
    }
    try place.write(config, to: "gpt2.json5")
    try place.write(String(repeating: Workspace.text, count: 10), to: "text.txt")
    let trained = place.run("train --config @/gpt2.json5 --output @/run")
    try #require(trained.exitCode == .success, "\(trained.messages)")
    let run = place.run("eval-ppl --checkpoint @/run --protocol zero-shot --corpora @")
    try #require(run.exitCode == .success, "\(run.messages)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    try #require(lines.count == 11)
    #expect(lines[0].first == "corpus")
    #expect(lines[1].first == "ptb" && lines[1].suffix(3) == ["75776", "74", "7d064f203414"])
    #expect(lines[2..<8].allSatisfy { $0[1...2] == ["not", "there"] })
    #expect(lines[8...].map(\.[0]) == ["estimator", "made", "weights"])
    #expect(run.messages.contains("ptb: dropped 2775 tokens at the ends of groups"))
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
