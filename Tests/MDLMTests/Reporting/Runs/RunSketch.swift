import Foundation

@testable import MDLM

/// The files of a run, written by hand.
struct RunSketch {
  var configuration: String? = """
    {
      data: { train: "text.txt", tokenizer_name_or_path: "char" },
      model: { hidden_size: 16, n_blocks: 1, n_heads: 2, length: 8 },
      loader: { global_batch_size: 4 }, optim: { lr: 0.01 }, trainer: { max_steps: 40 },
    }
    """
  var metrics: [String] = []
  var samples: [String] = []
  var sessions: [String] = []
  var checkpoints: [Int] = []

  /// Lines about training and validation up to `last`, with losses that fall.
  static func trained(to last: Int = 40, every interval: Int = 2) -> RunSketch {
    var run = RunSketch()
    for step in stride(from: interval, through: last, by: interval) {
      let loss = 1 + 30 / Double(step + 10)
      let shares = (0..<10).map { "\(loss * Double($0 + 1) / 8)" }.joined(separator: ",")
      run.metrics.append(
        """
        {"kind":"train","step":\(step),"loss":\(loss),"loss_mean":\(loss),"lr":0.001,\
        "grad_norm":\(loss / 2),"tokens":\(32 * step),"loss_by_masked_share":[\(shares)],\
        "seconds":\(Double(step) / 10),"tokens_per_s":320,"rss_mb":50}
        """)
      if step % (10 * interval) == 0 {
        run.metrics.append(
          """
          {"kind":"validation","step":\(step),"nll":\(loss),"stderr":0.01,"ppl":2,"bpd":1,\
          "best":true,"loss_by_masked_share":[\(shares)],"seconds":\(Double(step) / 10)}
          """)
      }
    }
    run.sessions = [begin(), end(step: last, reason: "finished")]
    return run
  }

  static func begin(step: Int = 0, changes: String = "") -> String {
    """
    {"kind":"begin","time":"2026-11-27T20:40:00Z","step":\(step),"version":"0.1.0",\
    "command":"mdlm train","host":"box","system":"Linux","processor":"CPU","threads":2,\
    "blas":"OpenBLAS","parameters":1234,"changes":[\(changes)]}
    """
  }

  static func end(step: Int, reason: String, seconds: Double = 9) -> String {
    """
    {"kind":"end","time":"2026-11-27T20:41:00Z","step":\(step),"reason":"\(reason)",\
    "seconds":\(seconds)}
    """
  }

  /// Writes the run to a directory, and calls `body` with it while it is there.
  func write<Result>(_ body: (RunDirectory) throws -> Result) throws -> Result {
    try withScratchDirectory { folder in
      let directory = RunDirectory("\(folder)/run")
      try FileManager.default.createDirectory(
        atPath: "\(directory.path)/checkpoints", withIntermediateDirectories: true)
      for step in checkpoints {
        let name = CheckpointStore(run: directory.path).directory(for: step)
        try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
      }
      try put(configuration, at: directory.configurationPath)
      let files = [
        (metrics, directory.metricsPath), (samples, directory.samplesPath),
        (sessions, directory.sessionsPath),
      ]
      for (lines, path) in files where !lines.isEmpty {
        try put(lines.joined(separator: "\n") + "\n", at: path)
      }
      return try body(directory)
    }
  }

  func read() throws -> RunHistory { try write { try RunHistory(directory: $0) } }

  private func put(_ text: String?, at path: String) throws {
    if let text { try Data(text.utf8).write(to: URL(filePath: path)) }
  }
}
