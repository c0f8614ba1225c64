import MDLM

/// The state of a training run as the progress line tells it.
struct TrainingStatus {
  var step: Int
  var lastStep: Int
  /// The smoothed loss in nats per token, and its course.
  var loss: Double?
  var course = ""
  var learningRate: Double?
  var gradientNorm: Double?
  var tokensPerSecond: Double?
  /// Arithmetic in relation to what matrix products alone reach here.
  var shareOfMultiply: Double?
  var remaining: Duration?

  /// One line, such as
  /// `step 500/5000  10%  loss 2.036 ▇▅▃▂▁  lr 3.0e-3  |g| 0.82  12.3k tok/s  71% of sgemm  ETA 4m 05s`.
  ///
  /// - Parameter columns: The room there is; what matters least is left out first.
  /// - Returns: The line, which may be longer still.
  func text(columns: Int = .max) -> String {
    let parts: [(text: String?, rank: Int)] = [
      ("step \(step)/\(lastStep)", 0),
      (lastStep > 0 ? "\(Int(Double(step) / Double(lastStep) * 100))%" : nil, 3),
      (loss.map { "loss \(NumberFormat.fixed($0, digits: 3))" }, 0),
      (course.isEmpty ? nil : course, 5),
      (learningRate.map { "lr \(NumberFormat.scientific($0))" }, 7),
      (gradientNorm.map { "|g| \(NumberFormat.fixed($0, digits: 2))" }, 6),
      (tokensPerSecond.map(NumberFormat.tokensPerSecond), 2),
      (shareOfMultiply.map { "\(NumberFormat.fixed($0 * 100, digits: 0))% of sgemm" }, 8),
      (remaining.map { "ETA \(NumberFormat.duration($0))" }, 1),
    ]
    for most in (0...8).reversed() {
      let line = parts.filter { $0.rank <= most }.compactMap(\.text).joined(separator: "  ")
      if line.displayWidth <= columns || most == 0 { return line }
    }
    return ""
  }
}
