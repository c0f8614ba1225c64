import Foundation
import Testing

@testable import MDLMCommand

/// Benchmarks of a small configuration: what they print, not how fast they are.
struct BenchmarkCommandTests {
  @Test(arguments: ["train", "eval", "sample"])
  func printsItsKeys(task: String) throws {
    let run = try Workspace().run(
      "bench @/tiny.json5 --task \(task) --seconds 1 --threads 2 --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    for key in ["tokens_per_s", "peak_rss_mb", "gemm_gflops", "share_of_gemm"] {
      #expect(try #require(fields[key] as? Double) > 0, "\(key)")
    }
    #expect(fields["task"] as? String == task)
    #expect((fields["network_calls"] is NSNull) == (task != "sample"))
    let phases = try #require(fields["phases"] as? [String: Double])
    #expect(Set(phases.keys) == ["embedding", "attention", "mlp", "head", "optimizer", "other"])
    #expect(abs(phases.values.reduce(0, +) - 1) < 1e-6)
    let optimizes = (phases["optimizer"] ?? 0) > 0
    #expect(optimizes == (task == "train"))
  }

  @Test func unknownNetworkNamesTheKnownOnes() {
    let run = CommandRun("bench chr")
    #expect(run.exitCode == .usage)
    #expect(run.messages.contains("char, b256, small128 or small1024"))
    #expect(run.messages.contains("Did you mean char?"))
  }

  @Test func missingConfigurationIsMissing() {
    #expect(CommandRun("bench nowhere.json5").exitCode == .missingInput)
  }
}
