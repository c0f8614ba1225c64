import Foundation
import MDLM
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
      #expect(
        Set(fields.allKeys.compactMap { $0 as? String })
          == ["sample", "text", "tokens", "nfe", "predictor", "steps"])
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

  // MARK: Text that is given

  @Test func promptAndSuffixStay() throws {
    for fields in try objects(sample("--prompt ver --suffix mat --json --num-samples 3")) {
      let text = try #require(fields["text"] as? String)
      #expect(text.hasPrefix("ver") && text.hasSuffix("mat") && text.unicodeScalars.count == 8)
      let filled = try #require(fields["filled"] as? [String])
      #expect(filled == [String(text.dropFirst(3).dropLast(3))])
    }
  }

  @Test func gapsAreFilled() throws {
    let fields = try #require(try objects(sample("--infill c[MASK]t[MASK:2] --json")).first)
    let text = Array(try #require(fields["text"] as? String))
    #expect(text.count == 5 && text[0] == "c" && text[2] == "t")
    #expect(fields["filled"] as? [String] == [String(text[1]), String(text[3...])])
  }

  @Test func linesOfStandardInputAreRequests() throws {
    let input = "cat\n{\"infill\": \"m[MASK]t\"}\n\n"
    let run = place.run(
      "sample --checkpoint @/run --prompts - --num-samples 2 --json", input: Array(input.utf8))
    #expect(run.exitCode == .success, "\(run.messages)")
    let texts = try objects(run.output).compactMap { $0["text"] as? String }
    #expect(texts.count == 6)
    #expect(texts[0].hasPrefix("cat") && texts[1].hasPrefix("cat") && texts[0] != texts[1])
    #expect(texts[2].hasPrefix("m") && texts[3].unicodeScalars.count == 3)
    #expect(texts[4].unicodeScalars.count == 8)
  }

  @Test func promptsMakeTheSamplesThatTheyMakeAlone() throws {
    try place.write("cat\nmat\n", to: "prompts.txt")
    let both = try objects(sample("--prompts @/prompts.txt --json"))
    #expect(both[0] == (try objects(sample("--prompt cat --json")))[0])
  }

  @Test func modelWithoutTokenizerTakesIDs() throws {
    try place.publish(as: "published")
    let run = CommandRun([
      "sample", "--checkpoint", place.path + "/published", "--prompt", "1 2 3", "--json",
    ])
    #expect((try object(run.output)["tokens"] as? [Int])?.prefix(3) == [1, 2, 3])
  }

  @Test func controlsAreKept() throws {
    for fields in try objects(sample("--json --num-samples 4 --ban e --ban t --top-k 40")) {
      let text = try #require(fields["text"] as? String)
      #expect(!text.contains("e") && !text.contains("t"))
    }
    #expect(sample("--temperature 0 --seed 3") == sample("--temperature 0 --top-k 1 --seed 3"))
  }

  @Test(arguments: ["--stride 4", "--block-size 4 --sliding", "--block-size 8 --sliding"])
  func samplesMayOutgrowTheModel(options: String) throws {
    let fields = try #require(try objects(sample("--length 21 --json \(options)")).first)
    #expect((fields["tokens"] as? [Int])?.count == 21)
  }

  // MARK: Predictors and budgets

  @Test(arguments: Predictor.allCases.filter { $0.samples(.subs) })
  func everyPredictorWrites(predictor: Predictor) throws {
    let run = place.run(
      "sample --checkpoint @/run --predictor \(predictor.rawValue) --prompt ca --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let fields = try object(run.output)
    #expect((fields["text"] as? String)?.hasPrefix("ca") ?? false)
    #expect(fields["predictor"] as? String == predictor.rawValue)
    let lines = run.messages.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(predictor.rawValue) && $0.hasSuffix("expected") })
    let calls = try #require(fields["nfe"] as? Int)
    #expect(lines.contains("\(calls).0 network calls a sample made"))
  }

  @Test func budgetChoosesTheSteps() throws {
    let fields = try #require(try objects(sample("--predictor tau --nfe 5 --json")).first)
    #expect(fields["nfe"] as? Int == 5 && fields["steps"] as? Int == 5)
  }

  @Test func timeChoosesABudgetThatMakesTheSameSamples() throws {
    let run = place.run("sample --checkpoint @/run --seconds 0.01 --num-samples 3 --json")
    #expect(run.exitCode == .success)
    let budget = try #require(
      run.messages.split(separator: "\n").first?.split(separator: " ").last.flatMap { Int($0) })
    #expect(
      try objects(run.output) == objects(sample("--nfe \(budget) --num-samples 3 --json")))
  }

  @Test func publishedDrawIsAnother() {
    #expect(sample("--gumbel fp32 --num-samples 3") != sample("--num-samples 3"))
  }

  // MARK: Ends

  /// Asks for the end as Ctrl-C does, once the first text is out.
  private final class InterruptingSink: TextSink {
    let memory = MemorySink()
    let interruption = Interruption(signals: [])

    func write(_ bytes: [UInt8]) {
      memory.write(bytes)
      if interruption.isRequested == false { interruption.receive(2) }
    }
  }

  @Test func interruptionPrintsWhatIsFinished() throws {
    let (sink, messages) = (InterruptingSink(), MemorySink())
    let context = CommandContext(
      readInput: { SourceText([], name: "standard input") }, output: sink, messages: messages,
      terminal: Terminal(isTerminal: false) { _ in nil }, interruption: sink.interruption,
      isDebugBuild: false)
    let code = MDLMCommand.run(
      [
        "sample", "--checkpoint", place.path + "/run", "--num-samples", "50", "--batch-size", "2",
        "--predictor", "first_hitting", "--json",
      ], in: context)
    #expect(code == .interrupted)
    // Both of the first batch are finished, and come out in their order.
    let numbers = try objects(sink.memory.text).compactMap { $0["sample"] as? Int }
    #expect(numbers == [0, 1])
    #expect(messages.text.contains("2 of 50 samples finished"))
  }

  @Test func closedPipeEndsTheWork() {
    let context = CommandContext.test(output: ClosedSink())
    let words = ["sample", "--checkpoint", place.path + "/run", "--num-samples", "1000000"]
    #expect(MDLMCommand.run(words, in: context) == .success)
  }

  @Test func scoresAreShown() throws {
    let run = place.run("sample --checkpoint @/run --num-samples 3 --gumbel fp32 --score")
    #expect(run.exitCode == .success)
    #expect(run.messages.contains("| samples ") && run.messages.contains("| exact draw "))
    #expect(run.messages.contains("the published draw changes the entropy of a sample by"))
    #expect(!run.output.contains("|"))
  }

  @Test func traceRebuildsTheSample() throws {
    let line = sample("--trace @/trace.jsonl --predictor remdm_cap --eta 0.5 --prompt ca --json")
    let fields = try object(line)
    let trace = try GenerationTrace(contentsOf: place.expanded("@/trace.jsonl"))
    let traced = try #require(trace.sample(0))
    #expect(traced.end?.map(Int.init) == fields["tokens"] as? [Int])
    #expect(traced.networkCalls == fields["nfe"] as? Int)
    #expect(trace.header.predictor == "remdm_cap")
    #expect(trace.header.settings == [.init("eta", .number(0.5))])
    let report = place.run("report @/trace.jsonl --output @/page.html")
    #expect(report.exitCode == .success)
  }

  // MARK: Models

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
