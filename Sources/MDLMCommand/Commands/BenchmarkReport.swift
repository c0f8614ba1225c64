import MDLM

/// A measurement as text and as JSON.
struct BenchmarkReport {
  private let result: BenchmarkResult
  private let subject: String
  private let parameterization: Parameterization
  private let task: Benchmark.Task
  private let threads: Int
  /// Floating-point operations per second of large matrix products.
  private let multiplyRate: Double
  private let peakMemory: Int

  init(
    _ result: BenchmarkResult, subject: String, _ parameterization: Parameterization,
    task: Benchmark.Task, threads: Int, multiplyRate: Double, peakMemory: Int
  ) {
    self.result = result
    self.subject = subject
    self.parameterization = parameterization
    self.task = task
    self.threads = threads
    self.multiplyRate = multiplyRate
    self.peakMemory = peakMemory
  }

  private var tokensPerSecond: Double { Double(result.tokens) / result.median }
  private var share: Double { result.operations / result.median / multiplyRate }

  /// Phases in their order with their share of the time.
  private var phases: [(name: String, share: Double)] {
    let total = result.phases.values.reduce(.zero, +)
    return Phase.allCases.map {
      ($0.rawValue, total == .zero ? 0 : (result.phases[$0] ?? .zero) / total)
    }
  }

  var lines: [String] {
    let percent = { (share: Double) in NumberFormat.fixed(100 * share, digits: 1) + " %" }
    var lines = [
      "subject         \(subject), \(parameterization.rawValue), \(task.rawValue), \(threads) thread\(threads == 1 ? "" : "s")",
      "speed           \(NumberFormat.fixed(tokensPerSecond, digits: 1)) tokens/s, median of "
        + "\(result.durations.count) runs of \(result.tokens) tokens",
      "share of sgemm  \(percent(share)) of \(NumberFormat.fixed(multiplyRate / 1e9, digits: 1)) "
        + "GFLOP/s; \(NumberFormat.count(result.operations)) operations needed",
      "peak memory     \(peakMemory / 1_000_000) MB",
    ]
    if let calls = result.networkCalls {
      lines.append("network calls   \(NumberFormat.fixed(calls, digits: 1)) for each sequence")
    }
    lines.append(
      "time            "
        + phases.map { "\($0.name) \(percent($0.share))" }.joined(separator: ", "))
    return lines
  }

  var fields: [String: JSONLine.Value] {
    [
      "name": .string(subject), "parameterization": .string(parameterization.rawValue),
      "task": .string(task.rawValue), "threads": .integer(threads),
      "tokens_per_s": .number(tokensPerSecond), "runs": .integer(result.durations.count),
      "network_calls": result.networkCalls.map { .number($0) } ?? .null,
      "peak_rss_mb": .number(Double(peakMemory) / 1e6),
      "gemm_gflops": .number(multiplyRate / 1e9), "share_of_gemm": .number(share),
      "phases": .object(
        Dictionary(uniqueKeysWithValues: phases.map { ($0.name, .number($0.share)) })),
    ]
  }
}
