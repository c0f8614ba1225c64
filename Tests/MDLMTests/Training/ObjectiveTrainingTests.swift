import Foundation
import Testing

@testable import MDLM

/// Whole runs with every objective and way to draw times.
@Suite struct ObjectiveTrainingTests {
  /// What makes a run one of its kind.
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let overrides: [String]

    init(_ overrides: String...) {
      testDescription = overrides.joined(separator: " ")
      self.overrides = overrides
    }
  }

  static let kinds =
    [
      Kind("parameterization=d3pm"),
      Kind("parameterization=d3pm", "T=10", "subs_masking=true", "time_conditioning=false"),
      Kind("parameterization=sedd"), Kind("parameterization=sedd", "noise.type=geometric"),
      Kind("parameterization=ar"), Kind("T=10"), Kind("training.importance_sampling=true"),
      Kind("training.change_of_variables=true", "time_conditioning=true"),
      Kind("training.antithetic_offset=shared"),
    ]
    + NoiseScheduleName.allCases.filter { $0 != .loglinear }
    .map { Kind("noise.type=\($0.rawValue)") }

  /// Rows enough for several blocks of work.
  private static let wide = [
    "model.hidden_size=64", "model.length=32", "loader.global_batch_size=8",
  ]

  @Test(arguments: kinds) func lossesFall(kind: Kind) throws {
    let tiny = try TinyRun(text: String(repeating: "abcdefgh", count: 100))
    var run = try tiny.start(
      "run",
      with: kind.overrides + [
        "trainer.max_steps=100", "trainer.val_check_interval=100", "model.dropout=0",
        "model.hidden_size=32", "loader.global_batch_size=16", "trainer.accumulate_grad_batches=1",
      ])
    let reports = try run.reports(100)
    #expect(reports.count == 100)
    #expect(reports.allSatisfy { $0.loss.isFinite && $0.gradientNorm.isFinite })
    let losses = reports.map(\.loss)
    let (first, last) = (losses.prefix(20).reduce(0, +) / 20, losses.suffix(20).reduce(0, +) / 20)
    // One visible symbol tells all others of a row. The noisiest kinds fall to two thirds.
    #expect(last < 0.85 * first, "from \(first) to \(last)")
  }

  @Test(arguments: kinds) func stoppedRunIsTheWhole(kind: Kind) throws {
    let tiny = try TinyRun()
    let overrides = kind.overrides + ["trainer.max_steps=20", "checkpointing.every_n_steps=5"]
    #expect(try tiny.train("whole", with: overrides) == .finished)
    #expect(try tiny.train("parts", until: 7, with: overrides) == .stopped)
    // Threads may change on the way.
    #expect(try tiny.train("parts", threads: 2, with: overrides) == .finished)
    for step in ["00000010", "00000020"] {
      let (files, others) = (
        try tree(tiny.path("whole") + "/checkpoints/\(step)"),
        try tree(tiny.path("parts") + "/checkpoints/\(step)")
      )
      #expect(files.count == 7 && files.keys.sorted() == others.keys.sorted())
      for (name, content) in files { #expect(content == others[name], "\(step)/\(name)") }
    }
    #expect(try tiny.metrics("whole") == tiny.metrics("parts"))
    #expect(try tiny.samples("whole") == tiny.samples("parts"))
  }

  @Test(arguments: kinds) func threadsChangeNothing(kind: Kind) throws {
    let tiny = try TinyRun()
    var one = try tiny.start("one", threads: 1, with: Self.wide + kind.overrides)
    var two = try tiny.start("two", threads: 2, with: Self.wide + kind.overrides)
    #expect(try one.reports(3) == two.reports(3))
    #expect(allValues(of: one.state.network) == allValues(of: two.state.network))
    #expect(try tiny.checkpoints("one") == tiny.checkpoints("two"))
  }

  @Test(arguments: kinds) func microBatchesAgree(kind: Kind) throws {
    let tiny = try TinyRun()
    var whole = try tiny.start(
      "whole", with: Self.wide + kind.overrides + ["trainer.accumulate_grad_batches=1"])
    let expected = try whole.reports(3)
    for count in [2, 8] {
      var parts = try tiny.start(
        "parts\(count)",
        with: Self.wide + kind.overrides + ["trainer.accumulate_grad_batches=\(count)"])
      for (a, b) in zip(expected, try parts.reports(3)) {
        #expect(abs(a.loss - b.loss) <= 1e-4 * abs(a.loss), "\(a.loss) and \(b.loss)")
        #expect(abs(a.gradientNorm - b.gradientNorm) <= 1e-3 * abs(a.gradientNorm))
      }
    }
  }

  @Test(arguments: kinds) func validationAndSamplesAreMade(kind: Kind) throws {
    let tiny = try TinyRun()
    let overrides =
      kind.overrides + [
        "trainer.max_steps=10", "trainer.val_check_interval=5", "sampling.num_sample_log=2",
        "sampling.steps=4",
      ]
    try tiny.train(with: overrides)
    let validations = try tiny.metrics().filter { $0["kind"] as? String == "validation" }
    #expect(validations.map { $0["step"] as? Int } == [5, 10])
    for line in validations {
      let nll = try #require(line["nll"] as? Double)
      #expect(nll.isFinite && nll > 0)
    }
    let lines = try tiny.samples().split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 4)
    let mask = try ModelDirectory(resolving: tiny.path()).configuration.diffusion.maskID
    for line in lines {
      let fields = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      let tokens = try #require(fields?["tokens"] as? [Int])
      #expect(tokens.count == 8 && !tokens.contains(Int(mask)))
    }
  }

  /// Every kind trains its own network, for the same seed.
  @Test func kindsDiffer() throws {
    let tiny = try TinyRun()
    var weights: [[Float]: String] = [:]
    for kind in [Kind()] + Self.kinds {
      let name = "run\(weights.count)"
      try tiny.train(name, until: 3, with: kind.overrides)
      let model = try MaskedDiffusionModel(path: tiny.path(name), on: Device(threads: 1))
      let values = allValues(of: model.network)
      #expect(weights[values] == nil, "\(kind.testDescription) is \(weights[values] ?? "")")
      weights[values] = kind.testDescription
    }
  }
}
