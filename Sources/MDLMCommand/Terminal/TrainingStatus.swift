import MDLM

/// The state of a training run as the progress line tells it.
struct TrainingStatus {
  var step: Int
  var lastStep: Int
  /// The smoothed loss in nats per token.
  var loss: Double?
  var tokensPerSecond: Double?
  var remaining: Duration?

  /// One line, such as `step 500/5000  10%  loss 2.036  12.3k tok/s  ETA 4m 05s`.
  var text: String {
    var parts = ["step \(step)/\(lastStep)"]
    if lastStep > 0 { parts.append("\(Int(Double(step) / Double(lastStep) * 100))%") }
    if let loss { parts.append("loss \(NumberFormat.fixed(loss, digits: 3))") }
    if let tokensPerSecond { parts.append(NumberFormat.tokensPerSecond(tokensPerSecond)) }
    if let remaining { parts.append("ETA \(NumberFormat.duration(remaining))") }
    return parts.joined(separator: "  ")
  }
}
