/// What a training run reports while it works.
public enum TrainingEvent: Sendable {
  /// One optimizer step is done, or skipped.
  case step(TrainingStepReport)
  /// A line of `metrics.jsonl` about training has been written.
  case logged(TrainingMetrics)
  /// The loss of the step just reported lies far above those before it.
  case spiked(LossSpike)
  /// The step just reported was skipped; `batch` is the file with its rows, if it could be written.
  case skipped(step: Int, inARow: Int, batch: String?)
  /// A validation is under way.
  case validating(PerplexityEvaluator.Progress)
  /// The averaged weights have been measured on the validation rows.
  case validated(step: Int, LikelihoodEstimate, isBest: Bool)
  /// Samples are being drawn; the network has been called once more.
  case sampling(step: Int)
  /// Samples have been drawn with the averaged weights.
  case sampled(step: Int, [LoggedSample])
  /// A checkpoint is complete on disk.
  case checkpointWritten(step: Int, path: String)
  /// A checkpoint could not be written. The run goes on and tries again soon.
  case checkpointFailed(step: Int, InputError)
}

/// What one optimizer step did.
public struct TrainingStepReport: Sendable, Equatable {
  /// Steps done, this one included.
  public let step: Int
  /// The estimate of the NELBO on the step's rows, in nats per token.
  public let loss: Double
  public let learningRate: Double
  /// The global norm of the gradients before clipping.
  public let gradientNorm: Double
  /// Tokens the network read, padding included.
  public let tokens: Int
  /// Whether the loss or the gradient was not finite, so that the weights stayed as they were.
  public let isSkipped: Bool
  let maskedShares: MaskedShareSums
}

/// What a line of `metrics.jsonl` says about training.
public struct TrainingMetrics: Sendable, Equatable {
  /// Steps done.
  public let step: Int
  /// The estimate of the NELBO on this step's rows, in nats per token; perhaps not finite.
  public let loss: Double
  /// Its mean over the steps since the last line; nil where none was finite.
  public let meanLoss: Double?
  public let learningRate: Double
  /// The global norm of the gradients before clipping; perhaps not finite.
  public let gradientNorm: Double
  /// Tokens the run has read, padding included.
  public let tokens: Int
  /// The mean cross-entropy of masked tokens in nats, by the tenth of their row that is masked, over
  /// the steps since the last line; nil where none were.
  public let lossByMaskedShare: [Double?]
  /// In the steps since the last line, without what was done between them.
  public let tokensPerSecond: Double
  /// Bytes that the process holds.
  public let residentMemory: Int
}

/// A loss far above those before it.
public struct LossSpike: Sendable, Equatable {
  public let step: Int
  /// In nats per token.
  public let loss: Double
  /// The usual loss before it, and its standard deviation.
  public let expected: Double
  public let deviation: Double
}

/// A sample that was drawn on the way.
public struct LoggedSample: Sendable, Equatable {
  public let sample: Sample
  /// Its text, where the run has a tokenizer.
  public let text: String?
}

/// How a run ended.
public enum TrainingEnding: String, Sendable, Equatable {
  /// All steps are done.
  case finished
  /// It was told to stop.
  case stopped
  /// The time that one process may take was nearly up.
  case outOfTime = "max_time"
}

/// Training that cannot go on because its numbers are no longer finite.
public struct TrainingDivergence: Error, Equatable, Sendable, CustomStringConvertible {
  public let step: Int
  public let loss: Double
  public let gradientNorm: Double
  /// Steps that were skipped in a row.
  public let skipped: Int
  /// The file with the rows of the first of them, if it could be written.
  public let batch: String?

  public var description: String {
    "step \(step): found a loss of \(loss) and a gradient norm of \(gradientNorm), the last of "
      + "\(skipped) such steps in a row, expected finite numbers. Lower optim.lr or lengthen "
      + "lr_scheduler.num_warmup_steps, and resume from the last checkpoint with --accept-changes"
      + (batch.map { "; the rows of the first such step are in \($0)" } ?? "") + "."
  }
}
