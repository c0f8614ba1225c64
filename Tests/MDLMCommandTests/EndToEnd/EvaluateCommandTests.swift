import Foundation
import MDLM
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
        "nll", "stderr", "interval", "mc_stderr", "ppl", "ppl_interval", "bpd",
        "bits_per_character", "bits_per_byte", "tokens", "sequences", "samples", "estimator",
        "target", "network_calls", "seed", "manifest",
      ])
    #expect(fields["mc_stderr"] is NSNull)
    #expect(fields["estimator"] as? String == "official")
    #expect(fields["tokens"] as? Int == 192)
    #expect(fields["sequences"] as? Int == 24)
    #expect(fields["samples"] as? Int == 1)
    #expect(fields["network_calls"] as? Int == 24 && fields["seed"] as? Int == 1)
    #expect(fields["target"] as? String == LikelihoodEstimator.official.target)
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
    for (key, middle) in [("interval", nll), ("ppl_interval", exp(nll))] {
      let ends = try #require(fields[key] as? [Double])
      #expect(ends.count == 2 && ends[0] < middle && middle < ends[1])
    }
  }

  /// The run's 24 rows of 8 tokens: copies of each in one draw.
  @Test(arguments: [
    ("official", 24), ("stratified", 96), ("importance", 24), ("left-to-right", 192),
    ("confidence-order", 192),
  ])
  func everyEstimatorCanBeNamed(name: String, calls: Int) throws {
    let fields = try evaluate("--estimator \(name)")
    #expect(fields["estimator"] as? String == name)
    #expect(fields["network_calls"] as? Int == calls)
    // An almost untrained network: the entropy of the text's 23 characters is not far.
    #expect(abs(try #require(fields["nll"] as? Double) - 2.6) <= 0.8)
    #expect((fields["nll_official_constant"] != nil) == (name == "importance"))
  }

  @Test func untilAddsDrawsAndSaysWhenTheyWereNotEnough() throws {
    let easy = try evaluate("--estimator stratified --until 10")
    #expect(easy["samples"] as? Int == 3)
    let far = place.run(
      "eval-ppl --checkpoint @/run --estimator stratified --until 1e-9 --samples 4 --json")
    #expect(try object(far.output)["samples"] as? Int == 4)
    #expect(far.messages.contains("note: the Monte-Carlo error is above 1e-09 after 4 draws"))
  }

  @Test func pictureIsWritten() throws {
    let run = place.run("eval-ppl --checkpoint @/run --plot @/curve.svg")
    #expect(run.exitCode == .success)
    let picture = String(decoding: try place.bytes(of: "curve.svg"), as: UTF8.self)
    #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
    #expect(try place.names.allSatisfy { !$0.hasPrefix(".") })
  }

  /// Before the work, not after it.
  @Test(arguments: ["@/none/curve.svg", "@/run"])
  func pictureThatCannotBeWrittenEndsTheCommandAtOnce(path: String) throws {
    let run = place.run("eval-ppl --checkpoint @/run --plot \(path)")
    #expect(run.exitCode == .cannotWrite)
    #expect(run.messages.contains(place.expanded(path)) && run.output.isEmpty)
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
    #expect(run.output.contains("of the 2 draws\n"))
    #expect(run.output.contains("95 % interval"))
    #expect(
      run.output.contains(
        "estimator       official: the NELBO averaged over times from 0.001 to 1\n"))
    #expect(run.output.contains("made with       2 draws, 48 network calls, seed 1\n"))
    #expect(run.output.contains("\nweights         ema ("))
    #expect(run.output.contains("measured on     192 tokens in 24 rows\n"))
  }

  @Test func shardsNeedNoTokenizer() throws {
    try place.publish(as: "published")
    let ids: [UInt16] = (0..<43).map { $0 % 15 }
    try place.write(rawShard(ids), to: "ids.bin")
    try place.write(
      Array("mdlm.tok".utf8) + [2, 0, 0, 0, 2, 0, 0, 0, 43] + [UInt8](repeating: 0, count: 79)
        + rawShard(ids),
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
