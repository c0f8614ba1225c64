import Foundation
import Testing

@testable import MDLMCommand

struct ScoreCommandTests {
  private let place: Workspace

  init() throws {
    place = try Workspace()
    try place.write(
      """
      {"nfe":4,"predictor":"ddpm","seconds":0.5,"steps":8,"text":"ab","tokens":[1,2,1,2]}
      {"nfe":6,"predictor":"ddpm","seconds":0.5,"steps":8,"text":"aaaa","tokens":[1,1,1,1]}
      {"nfe":16,"predictor":"first_hitting","seconds":2,"steps":32,"text":"c","tokens":[1,2,3,4]}
      """, to: "a.jsonl")
    try place.write("abab\n\naaaa\n", to: "a.txt")
  }

  private func groups(_ line: some StringProtocol) throws -> [[String: Any]] {
    try object(line)["groups"] as? [[String: Any]] ?? []
  }

  @Test func jsonHasOneObjectForEachFile() throws {
    try place.write(try place.bytes(of: "a.jsonl"), to: "b.jsonl")
    let run = place.run("score @/a.jsonl @/b.jsonl --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    let first = try object(lines[0])
    #expect(first["file"] as? String == place.path + "/a.jsonl")
    #expect(first["kind"] as? String == "samples" && first["unit"] as? String == "tokens")
    let groups = try groups(lines[0])
    #expect(groups.map { $0["predictor"] as? String } == ["ddpm", "first_hitting"])
    #expect(groups.map { $0["steps"] as? Int } == [8, 32])
    #expect(groups.map { $0["nfe"] as? Double } == [5, 16])
    #expect(groups.map { $0["samples"] as? Int } == [2, 1])
    // ln 2 and 0 nats; 12 21 12, 11 11 11: three pairs of six.
    let entropy = try #require(groups[0]["entropy"] as? Double)
    #expect(abs(entropy - log(2) / 2) < 1e-9 && groups[0]["distinct_2"] as? Double == 0.5)
    #expect(groups[0]["gen_ppl"] is NSNull && groups[0]["eos_samples"] is NSNull)
    #expect(groups[1]["entropy_stderr"] is NSNull)
  }

  @Test func tableHasARowForEachGroup() throws {
    let lines = place.run("score @/a.jsonl").output.split(separator: "\n")
    #expect(lines.count == 6)
    let cells = lines.prefix(4).map { $0.split(separator: "|").map { $0.filter { $0 != " " } } }
    #expect(
      cells[0].dropFirst() == [
        "predictor", "steps", "samples", "calls", "length", "entropy", "distinct-2", "repetition",
      ])
    #expect(cells[1].allSatisfy { $0.allSatisfy("-:".contains) })
    #expect(
      cells[2].dropFirst() == ["ddpm", "8", "2", "5.0", "4.0", "0.347±0.679", "0.500", "0.0%"])
    #expect(
      cells[3].dropFirst()
        == ["first_hitting", "32", "1", "16.0", "4.0", "1.386", "1.000", "0.0%"])
    #expect(Set(lines.prefix(4).map(\.unicodeScalars.count)).count == 1)
  }

  @Test func plainTextCountsCharacters() throws {
    let fields = try object(place.run("score @/a.txt --json").output)
    #expect(fields["unit"] as? String == "characters")
    let group = try #require(try groups(place.run("score @/a.txt --json").output).first)
    #expect(group["samples"] as? Int == 2 && group["nfe"] is NSNull)
    let entropy = try #require(group["entropy"] as? Double)
    #expect(abs(entropy - log(2) / 2) < 1e-9)
  }

  @Test func standardInputIsADash() throws {
    let run = place.run("score - --json", input: Array("abc".utf8))
    #expect(try object(run.output)["file"] as? String == "standard input")
  }

  @Test func realTextStandsBeside() throws {
    try place.write("abcdefghijklmnop", to: "real.txt")
    let lines = place.run("score @/a.txt --reference @/real.txt --json").output
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(try object(lines[1])["kind"] as? String == "reference")
    let group = try #require(try groups(lines[1]).first)
    #expect(group["samples"] as? Int == 2)
    #expect((group["tokens"] as? [String: Any])?["mean"] as? Double == 4)
    #expect(abs(try #require(group["entropy"] as? Double) - log(4)) < 1e-9)
    #expect(
      place.run("score @/a.txt --reference @/real.txt").output.contains("\n| real text"))
  }

  @Test func pictureHasTheGroups() throws {
    let run = place.run("score @/a.jsonl --plot @/f.svg")
    #expect(run.exitCode == .success)
    let svg = String(decoding: try place.bytes(of: "f.svg"), as: UTF8.self)
    #expect(svg.contains("first_hitting, 32 steps") && svg.contains("ddpm, 8 steps"))
  }

  @Test func drawnSamplesAreScored() throws {
    #expect(place.train().exitCode == .success)
    let drawn = place.run("sample --checkpoint @/run --num-samples 3 --json")
    let run = place.run(
      "score - --tokenizer @/run/checkpoints/latest --reference @/text.txt --json",
      input: drawn.outputBytes)
    #expect(run.exitCode == .success, "\(run.messages)")
    let lines = run.output.split(separator: "\n")
    let (samples, real) = (try groups(lines[0])[0], try groups(lines[1])[0])
    for group in [samples, real] {
      #expect(group["samples"] as? Int == 3)
      #expect((group["tokens"] as? [String: Any])?["min"] as? Int == 8)
    }
    #expect(try object(lines[0])["unit"] as? String == "tokens")
  }
}

/// What `mdlm score` refuses.
struct BadScoreTests {
  @Test(arguments: rows) func inputIsRefused(row: BadInput) throws { try row.check() }

  private static func samples(
    _ name: String, _ text: String, _ fragments: String..., options: String = ""
  ) -> BadInput {
    BadInput(name, "score @/s.jsonl \(options)", .badData, saying: ["@/s.jsonl"] + fragments) {
      try $0.write(text, to: "s.jsonl")
      try $0.write("cat sat on the mat.", to: "b.txt")
    }
  }

  private static let rows = [
    samples("empty", "", "an empty file", "mdlm sample"),
    samples("blank", "\n\n", "only white space"),
    samples("no object", "{\"text\":\"a\"}\n7\n", "s.jsonl:2: found 7", "a JSON object"),
    samples("no sample in it", "{\"a\":1}", "neither 'text' nor 'tokens'"),
    samples("an id that is none", "{\"tokens\":[1,-1]}", "-1 under 'tokens'"),
    samples(
      "an id beyond the tokenizer", "{\"tokens\":[1,9999]}", "9999 under 'tokens'",
      options: "--tokenizer byte"),
    samples("no calls to draw", "{\"tokens\":[1]}", "nfe", options: "--plot @/f.svg"),
    BadInput(
      "ids beside characters", "score @/s.jsonl @/b.txt", .badData, "@/b.txt",
      "samples of characters beside the tokens of @/s.jsonl", "--tokenizer"
    ) {
      try $0.write("{\"tokens\":[1]}", to: "s.jsonl")
      try $0.write("abc", to: "b.txt")
    },
    BadInput("no such file", "score @/none.jsonl", .missingInput, "@/none.jsonl", "nothing there"),
    BadInput("twice", "score @/text.txt @/text.txt", .usage, "more than once"),
    BadInput("no file", "score", .usage, "no FILE"),
    BadInput(
      "reference without tokenizer", "score @/s.jsonl --reference @/text.txt", .usage,
      "--reference", "--tokenizer PATH"
    ) { try $0.write("{\"tokens\":[1]}", to: "s.jsonl") },
    BadInput(
      "reference too short", "score @/text.txt --reference @/b.txt", .badData, "@/b.txt",
      "3 tokens", "Give a longer text"
    ) { try $0.write("abc", to: "b.txt") },
    BadInput(
      "no such judge", "score @/text.txt --judge @/none.bin", .missingInput, "@/none.bin"),
    BadInput(
      "a judge that is text", "score @/text.txt --judge @/text.txt", .badData, "@/text.txt",
      "a llama2.c checkpoint"),
    BadInput(
      "a judge that is damaged", "score @/text.txt --judge @/j.bin", .badData, "@/j.bin",
      "3 bytes"
    ) { try $0.write([1, 2, 3], to: "j.bin") },
    BadInput(
      "a judge that is a diffusion model", "score @/text.txt --judge @/published", .badData,
      "@/published", "a diffusion model (subs)", "parameterization=ar", needsModel: true),
    BadInput(
      "a plot in no folder", "score @/text.txt --plot @/none/f.svg", .cannotWrite, "@/none/f.svg"),
  ]
}
