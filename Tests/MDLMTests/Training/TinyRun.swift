import Foundation

@testable import MDLM

/// A folder with a short text, and runs on it that are small enough for debug builds.
struct TinyRun {
  let folder: DataFolder
  private let text: String

  init(text: String = Self.verses) throws {
    folder = try DataFolder()
    self.text = try folder.write("text.txt", text)
  }

  static let verses = (1...40).map { "verse \($0): and the cat sat on the mat.\n" }.joined()

  /// The directory of the run called `name`.
  func path(_ name: String = "run") -> String { "\(folder.path)/\(name)" }

  func configuration(_ overrides: [String] = []) throws -> RunConfiguration {
    try RunConfiguration.load(
      text: """
        {
          data: {
            train: "\(text)", tokenizer_name_or_path: "char",
            documents: "stream", insert_bos_eos: false, test_fraction: 0,
          },
          model: { hidden_size: 16, n_blocks: 2, n_heads: 2, cond_dim: 8, length: 8, dropout: 0.1 },
          loader: { global_batch_size: 4 },
          optim: { lr: 1e-2 }, lr_scheduler: { num_warmup_steps: 5 },
          training: { ema: 0.9 },
          trainer: {
            max_steps: 40, val_check_interval: 10, limit_val_batches: 2, log_every_n_steps: 5,
            accumulate_grad_batches: 2,
          },
          checkpointing: { every_n_steps: 10, keep_last: 4 },
        }
        """, name: "tiny.json5", overrides: overrides)
  }

  func start(
    _ name: String = "run", from start: TrainingRun.Start = .fresh, resumes: Bool = false,
    acceptsChanges: Bool = false, threads: Int = 1, with overrides: [String] = []
  ) throws -> TrainingRun {
    try TrainingRun(
      try configuration(overrides), directory: path(name), start: start, resumes: resumes,
      acceptsChanges: acceptsChanges, on: Device(threads: threads))
  }

  /// Trains the run called `name`, from its latest checkpoint where it has one, and lets it go.
  @discardableResult
  func train(
    _ name: String = "run", until lastStep: Int? = nil, threads: Int = 1,
    with overrides: [String] = [], report: (TrainingEvent) -> Disposition = { _ in .proceed }
  ) throws -> TrainingEnding {
    var run = try start(name, resumes: true, threads: threads, with: overrides)
    return try run.proceed(until: lastStep, report: report)
  }

  /// Every file below `checkpoints` with its bytes, and every link with its target.
  func checkpoints(_ name: String = "run") throws -> [String: [UInt8]] {
    let directory = path(name) + "/checkpoints"
    var files = try tree(directory)
    for link in ["latest", "best"] {
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "\(directory)/\(link)")
      files[link] = target.map { Array($0.utf8) }
    }
    return files
  }

  /// The lines of `samples.jsonl`.
  func samples(_ name: String = "run") throws -> [UInt8] {
    try bytes(of: path(name) + "/samples.jsonl")
  }

  /// The lines of `metrics.jsonl` without the fields that depend on the machine.
  func metrics(_ name: String = "run") throws -> [NSDictionary] {
    try bytes(of: path(name) + "/metrics.jsonl").split(separator: UInt8(ascii: "\n")).map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line))
      var fields = value as? [String: Any] ?? [:]
      fields["seconds"] = nil
      fields["tokens_per_s"] = nil
      fields["rss_mb"] = nil
      return fields as NSDictionary
    }
  }
}

extension TrainingRun {
  /// Trains without anybody looking.
  @discardableResult
  mutating func proceed(until lastStep: Int? = nil) throws -> TrainingEnding {
    try proceed(until: lastStep) { _ in .proceed }
  }

  /// Trains `count` steps and returns what they reported.
  mutating func reports(_ count: Int) throws -> [TrainingStepReport] {
    var reports: [TrainingStepReport] = []
    _ = try proceed(until: count) { event in
      if case .step(let report) = event { reports.append(report) }
      return .proceed
    }
    return reports
  }
}

/// The values of all parameters of a network, one after another.
func allValues(of network: any Network) -> [Float] {
  network.parameters.parameters.flatMap(values(of:))
}
