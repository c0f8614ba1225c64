import Foundation
import MDLM
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

  @Test(arguments: [
    (Parameterization.d3pm, "train"), (.d3pm, "sample"), (.sedd, "eval"), (.sedd, "sample"),
    (.ar, "train"), (.ar, "sample"),
  ])
  func measuresBaselines(parameterization: Parameterization, task: String) throws {
    let place = try Workspace()
    let run = place.run(
      "bench @/tiny.json5 --parameterization \(parameterization.rawValue) --task \(task) "
        + "--seconds 1 --threads 1 --steps 4 --sequences 2 --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let fields = try object(run.output)
    #expect(try #require(fields["tokens_per_s"] as? Double) > 0)
    if task == "sample" {
      let calls = try #require(fields["network_calls"] as? Double)
      #expect(parameterization == .ar ? calls == 7 : (1...5).contains(calls))
    }
  }

  /// A baseline has no use for what only MDLM can do, nor takes it over.
  @Test func baselineOfAConfigurationDropsWhatItCannotUse() throws {
    let place = try Workspace()
    try place.configure("ema: 0.5", "ema: 0.5, change_of_variables: true")
    for parameterization in [Parameterization.d3pm, .sedd, .ar] {
      var subject = try BenchmarkSubject(place.path + "/tiny.json5")
      #expect(subject.diffusion.timeTransform == .changeOfVariables)
      subject.become(parameterization)
      #expect(subject.diffusion.timeTransform == .none)
    }
  }

  @Test func itsOwnParameterizationChangesNothing() throws {
    let place = try Workspace()
    try place.configure(
      "training: { ema: 0.5 }", "parameterization: \"d3pm\", T: 20, time_conditioning: false")
    let path = place.path + "/tiny.json5"
    var subject = try BenchmarkSubject(path)
    subject.become(.d3pm)
    #expect(subject.diffusion.discreteTimeSteps == 20 && !subject.network.timeConditioning)
  }

  @Test func stridesAreForDiffusion() throws {
    let run = try Workspace().run(
      "bench @/tiny.json5 --parameterization ar --task sample --stride 4")
    #expect(run.exitCode == .usage)
    #expect(run.messages.contains("--stride: found it with a network of ar"))
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
