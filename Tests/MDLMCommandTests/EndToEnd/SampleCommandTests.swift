import Foundation
import Testing

@testable import MDLMCommand

struct SampleCommandTests {
  private let place: Workspace

  init() throws {
    place = try Workspace()
    #expect(place.train().exitCode == .success)
  }

  private func sample(_ options: String = "", from checkpoint: String = "run") -> String {
    let run = place.run("sample --checkpoint @/\(checkpoint) \(options)")
    #expect(run.exitCode == .success, "\(run.messages)")
    return run.output
  }

  /// The objects without the one field that depends on the machine.
  private func objects(_ output: String) throws -> [NSDictionary] {
    try output.split(separator: "\n").map { line in
      var fields = try object(line)
      #expect((fields.removeValue(forKey: "seconds") as? Double ?? -1) >= 0)
      return fields as NSDictionary
    }
  }

  @Test func textGoesToStandardOutput() {
    let text = sample()
    #expect(text.hasSuffix("\n"))
    #expect(text.unicodeScalars.count == 8 + 1)
  }

  @Test func jsonHasOneObjectForEachSample() throws {
    let samples = try objects(sample("--json --num-samples 3"))
    #expect(samples.count == 3)
    for fields in samples {
      #expect(Set(fields.allKeys.compactMap { $0 as? String }) == ["text", "tokens", "nfe"])
      #expect((fields["tokens"] as? [Int])?.count == 8)
      #expect((fields["text"] as? String)?.unicodeScalars.count == 8)
      #expect((1...9).contains(try #require(fields["nfe"] as? Int)))
    }
  }

  @Test func seedDecidesTheText() {
    #expect(sample("--seed 5 --num-samples 3") == sample("--seed 5 --num-samples 3"))
    #expect(sample("--seed 5 --num-samples 3") != sample("--seed 6 --num-samples 3"))
  }

  @Test(arguments: ["--batch-size 1", "--batch-size 2 --threads 2", "--batch-size 64 --threads 1"])
  func neighboursAndThreadsDoNotChangeASample(options: String) throws {
    #expect(
      try objects(sample("--json --num-samples 5 \(options)"))
        == objects(sample("--json --num-samples 5")))
  }

  @Test func lengthAndStepsAreTheUsers() throws {
    let samples = try objects(sample("--json --length 3 --steps 2"))
    #expect((samples.first?["tokens"] as? [Int])?.count == 3)
    #expect(try #require(samples.first?["nfe"] as? Int) <= 3)
  }

  @Test func modelWithoutTokenizerPrintsTokens() throws {
    try place.publish(as: "published")
    let ids = sample("--steps 8", from: "published").split { $0 == " " || $0 == "\n" }.map {
      Int($0)
    }
    #expect(ids.count == 8 && !ids.contains(nil))
    let fields = try #require(try objects(sample("--json --steps 8", from: "published")).first)
    #expect(fields["text"] == nil)
    #expect(fields["tokens"] as? [Int?] == ids)
  }

  @Test func tokenizerMayComeFromElsewhere() throws {
    try place.publish(as: "published")
    #expect(
      sample("--steps 8 --tokenizer @/run/checkpoints/latest", from: "published") == sample())
  }

  @Test func bfloat16WeightsDo() throws {
    try place.publish(as: "half")
    try place.write(
      halved(try place.bytes(of: "half/model.safetensors")), to: "half/model.safetensors")
    #expect(sample("--length 4", from: "half").split(separator: " ").count == 4)
    try place.write(rawShard(Array(repeating: 1, count: 16)), to: "ids.bin")
    for model in ["half", "run"] {
      let run = place.run(
        "eval-ppl --checkpoint @/\(model) --data @/ids.bin --raw-uint16 --samples 4 --json")
      let nll = try #require(try object(run.output)["nll"] as? Double)
      let whole = place.run(
        "eval-ppl --checkpoint @/run --data @/ids.bin --raw-uint16 --samples 4 --json")
      let expected = try #require(try object(whole.output)["nll"] as? Double)
      #expect(abs(nll - expected) < 0.02 * expected)
    }
  }

  /// The same tensors with the upper half of every float: bfloat16, rounded toward zero.
  private func halved(_ bytes: [UInt8]) throws -> [UInt8] {
    let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
    var header = try object(String(decoding: bytes[8..<8 + length], as: UTF8.self))
    for (name, value) in header {
      guard var fields = value as? [String: Any], let offsets = fields["data_offsets"] as? [Int]
      else { continue }
      fields["dtype"] = "BF16"
      fields["data_offsets"] = offsets.map { $0 / 2 }
      header[name] = fields
    }
    let json = Array(try JSONSerialization.data(withJSONObject: header))
    let data = bytes[(8 + length)...]
    let halves = stride(from: data.startIndex, to: data.endIndex, by: 4).flatMap {
      data[$0 + 2..<$0 + 4]
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + halves
  }
}
