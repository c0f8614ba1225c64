import Foundation
import Testing

@testable import MDLMCommand

struct EvaluateCommandTests {
  private let place: Workspace

  init() throws {
    place = try Workspace()
    #expect(place.train().exitCode == .success)
  }

  /// The result of an evaluation whose threads do not matter.
  private func evaluate(_ options: String, checkpoint: String = "run") throws -> [String: Any] {
    let run = place.run("eval-ppl --checkpoint @/\(checkpoint) --threads 1 --json \(options)")
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(run.output.hasSuffix("}\n"))
    let two = place.run("eval-ppl --checkpoint @/\(checkpoint) --threads 2 --json \(options)")
    #expect(two.output == run.output)
    return try object(run.output)
  }

  @Test func keysAreThePromisedOnes() throws {
    let fields = try evaluate("--split valid")
    #expect(
      Set(fields.keys) == [
        "nll", "stderr", "mc_stderr", "ppl", "bpd", "bits_per_character", "bits_per_byte",
        "tokens", "sequences", "samples", "estimator",
      ])
    #expect(fields["mc_stderr"] is NSNull)
    #expect(fields["estimator"] as? String == "official")
    #expect(fields["tokens"] as? Int == 192)
    #expect(fields["sequences"] as? Int == 24)
    #expect(fields["samples"] as? Int == 1)
  }

  @Test func figuresAgreeWithEachOther() throws {
    let fields = try evaluate("--samples 3")
    let number = { (key: String) in try #require(fields[key] as? Double) }
    let nll = try number("nll")
    #expect(abs(try number("ppl") - exp(nll)) <= 1e-12 * exp(nll))
    #expect(abs(try number("bpd") - nll / log(2)) <= 1e-12 * nll)
    // One byte a character, one character a token.
    #expect(abs(try number("bits_per_character") - number("bpd")) <= 1e-12 * nll)
    #expect(abs(try number("bits_per_byte") - number("bpd")) <= 1e-12 * nll)
    #expect(try number("stderr") > 0 && number("mc_stderr") > 0)
    #expect(fields["samples"] as? Int == 3)
  }

  @Test func validationOfTheRunIsReproduced() throws {
    let metrics = String(decoding: try place.bytes(of: "run/metrics.jsonl"), as: UTF8.self)
    let last = try object(try #require(metrics.split(separator: "\n").last))
    let nll = try #require(last["nll"] as? Double)
    let fields = try evaluate("--batch-size 4 --seed 1")
    #expect(fields["nll"] as? Double == nll)
  }

  @Test func rawWeightsAreOtherWeights() throws {
    let (average, raw) = (try evaluate(""), try evaluate("--weights raw"))
    #expect(average["nll"] as? Double != raw["nll"] as? Double)
  }

  @Test func filesOfAllKindsHoldTheSameRows() throws {
    try place.write("the cat sat on the mat at ten.\n", to: "a.txt")
    try place.write(#"{"id": 1, "text": "the cat sat on the mat at ten."}"# + "\n", to: "a.jsonl")
    let text = try evaluate("--data @/a.txt")
    let lines = try evaluate("--data @/a.jsonl")
    #expect(text["tokens"] as? Int == 24)
    #expect(text["nll"] as? Double == lines["nll"] as? Double)
    let both = try evaluate("--data @/a.txt @/a.jsonl")
    #expect(both["tokens"] as? Int == 56)
  }

  @Test func checkpointMayBeNamedInThreeWays() throws {
    let run = try evaluate("")["nll"] as? Double
    for checkpoint in ["run/", "run/checkpoints/latest", "run/checkpoints/00000004"] {
      #expect(try evaluate("", checkpoint: checkpoint)["nll"] as? Double == run)
    }
    #expect(try evaluate("", checkpoint: "run/checkpoints/00000002")["nll"] as? Double != run)
  }

  @Test func textTellsTheSameFigures() throws {
    let run = place.run("eval-ppl --checkpoint @/run --split test --samples 2")
    #expect(run.exitCode == .success)
    #expect(run.output.hasPrefix("perplexity "))
    #expect(run.output.contains("of the 2 draws"))
    #expect(run.output.contains("measured on     192 tokens in 24 rows\n"))
  }

  @Test func shardsNeedNoTokenizer() throws {
    try place.publish(as: "published")
    let ids: [UInt16] = (0..<43).map { $0 % 15 }
    try place.write(rawShard(ids), to: "ids.bin")
    try place.write(
      Array("mdlm.tok".utf8) + [1, 0, 0, 0, 2, 0, 0, 0, 43, 0, 0, 0, 0, 0, 0, 0] + rawShard(ids),
      to: "shard.bin")
    let raw = try evaluate("--data @/ids.bin --raw-uint16", checkpoint: "published")
    #expect(raw["tokens"] as? Int == 40)
    #expect(raw["bits_per_character"] is NSNull && raw["bits_per_byte"] is NSNull)
    let shard = try evaluate("--data @/shard.bin", checkpoint: "published")
    #expect(shard["nll"] as? Double == raw["nll"] as? Double)
    let own = try evaluate("--data @/shard.bin")
    #expect(own["nll"] as? Double == raw["nll"] as? Double)
    let note = place.run("eval-ppl --checkpoint @/published --data @/shard.bin").messages
    #expect(note.contains("dropped 3 tokens at the end"))
  }
}
