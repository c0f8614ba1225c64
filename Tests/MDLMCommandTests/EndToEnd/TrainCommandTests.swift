import Foundation
import Testing

@testable import MDLMCommand

struct TrainCommandTests {
  @Test func trainingLeavesARunAndSaysHowToGoOn() throws {
    let place = try Workspace()
    let run = place.train()
    #expect(run.exitCode == .success)
    #expect(run.output.isEmpty)
    #expect(run.messages.contains("training rows of 8 tokens, 1 threads"))
    #expect(run.messages.contains("step 2  validation"))
    #expect(run.messages.contains("step 4  validation"))
    #expect(run.messages.contains("mdlm sample --checkpoint \(place.path)/run"))
    let names = try place.names
    for name in ["config.json5", "metrics.jsonl", "checkpoints/00000004/model.safetensors"] {
      #expect(names.contains("run/\(name)"))
    }
  }

  @Test func jsonTellsHowTheRunEnded() throws {
    let place = try Workspace()
    let first = try object(place.train("--json --stop-at 3").output)
    #expect(
      Set(first.keys) == ["best_nll", "finished", "reason", "run", "skipped_steps", "step"])
    #expect(first["reason"] as? String == "stopped")
    #expect(first["finished"] as? Bool == false)
    #expect(first["step"] as? Int == 3)
    let second = try object(place.train("--json --resume").output)
    #expect(second["finished"] as? Bool == true)
    #expect(second["run"] as? String == place.path + "/run")
    #expect(second["best_nll"] is Double)
  }

  @Test func stoppedRunGoesOnToTheSameBytes() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let stopped = place.run(
      "train --config @/tiny.json5 --output @/other --threads 2 --stop-at 2")
    #expect(stopped.messages.contains("--output \(place.path)/other --threads 2 --resume"))
    let resumed = place.run("train --config @/tiny.json5 --output @/other --threads 2 --resume")
    #expect(resumed.messages.contains("resuming after step 2"))
    let directory = "checkpoints/00000004/"
    let files = try place.names.filter {
      $0.hasPrefix("run/\(directory)") && !$0.hasSuffix("training")
    }
    #expect(files.count == 7)
    for file in files {
      #expect(
        try place.bytes(of: file) == place.bytes(of: "other" + file.dropFirst(3)), "\(file)")
    }
  }

  @Test func damagedCheckpointIsTold() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let path = "run/checkpoints/00000004/training/second_moment.safetensors"
    var bytes = try place.bytes(of: path)
    bytes[bytes.count - 2] ^= 16
    try place.write(bytes, to: path)
    let run = place.train("--resume")
    #expect(run.exitCode == .success)
    #expect(run.messages.contains("note: the checkpoint \(place.path)/run/checkpoints/00000004"))
    #expect(run.messages.contains("resuming after step 2"))
    // What was damaged has been written anew.
    bytes[bytes.count - 2] ^= 16
    #expect(try place.bytes(of: path) == bytes)
  }

  @Test func finishedRunHasNothingToResume() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let before = try place.bytes(of: "run/metrics.jsonl")
    let run = place.train("--resume")
    #expect(run.exitCode == .success)
    #expect(run.messages.contains("all 4 steps are done"))
    #expect(try place.bytes(of: "run/metrics.jsonl") == before)
  }

  @Test func overridesChangeTheRun() throws {
    let place = try Workspace()
    #expect(place.train("--set trainer.max_steps=1 --set optim.lr=0.5").exitCode == .success)
    let written = String(decoding: try place.bytes(of: "run/config.json5"), as: UTF8.self)
    #expect(written.contains("max_steps: 1,"))
    #expect(written.contains("lr: 0.5,"))
  }

  @Test func givenWeightsBeginTheRun() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    try place.publish(as: "published")
    let run = place.run(
      "train --config @/tiny.json5 --output @/tuned --init @/published --set optim.lr=1e-30")
    #expect(run.exitCode == .success)
    #expect(
      try place.bytes(of: "tuned/checkpoints/latest/model.safetensors")
        == place.bytes(of: "published/model.safetensors"))
  }

  /// Bare ids need no tokenizer, only the number of ids, to train, to be measured and to be sampled.
  @Test func bareIDsNeedNoTokenizer() throws {
    let place = try Workspace()
    try place.write(rawShard((0..<400).map { UInt16($0 * 7 % 25) }), to: "ids.bin")
    try place.configure(
      "train: \"@/text.txt\", tokenizer_name_or_path: \"char\", documents: \"stream\",\n"
        + "    insert_bos_eos: false,",
      "train: \"@/ids.bin\", raw_uint16: true,")
    try place.replace("n_blocks: 1", with: "n_blocks: 1, vocab_size: 26", in: "tiny.json5")
    let run = place.train()
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(try !place.names.contains("run/checkpoints/00000004/tokenizer.json"))
    let figure = try object(place.run("eval-ppl --checkpoint @/run --json").output)
    #expect(figure["tokens"] as? Int == 40)
    let manifest = try #require(figure["manifest"] as? [String: Any])
    #expect(manifest["packing"] as? String == "all text in a row, nothing inserted")
    let sample = try object(place.run("sample --checkpoint @/run --json").output)
    #expect((sample["tokens"] as? [Int])?.count == 8 && sample["text"] == nil)
  }

  @Test func dryRunReportsSizesAndWritesNothing() throws {
    let place = try Workspace()
    let before = try place.names
    let run = place.train("--dry-run")
    #expect(run.exitCode == .success)
    #expect(run.output.contains("train: 197 rows of 8"))
    #expect(run.output.contains("valid: 24 rows of 8"))
    #expect(run.output.contains("whole run: 4 steps"))
    #expect(try place.names == before)
    let fields = try object(place.train("--dry-run --json").output)
    #expect(
      Set(fields.keys) == [
        "gemm_gflops", "notes", "operations_per_step", "parameters", "peak_rss_mb", "seconds",
        "tokens_per_step",
      ])
    #expect(fields["tokens_per_step"] as? Int == 32)
  }

  /// The configurations of the repository.
  static let shipped: [String] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "configs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { $0.hasSuffix(".json5") }.sorted().map { "\(root)/\($0)" }
  }()

  @Test func configurationsAreShipped() { #expect(Self.shipped.count >= 5) }

  @Test(arguments: shipped)
  func dryRunOfAShippedConfigurationNeedsNoData(path: String) throws {
    // Paths in it are relative to the current directory, which has neither data nor tokenizers.
    let run = CommandRun("train --config \(path) --dry-run --threads 1")
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(run.messages.contains("note:") || !run.output.isEmpty)
  }
}
