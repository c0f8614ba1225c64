/// What a training run reports while it works.
public enum TrainingEvent: Sendable {
  /// One optimizer step is done.
  case step(TrainingStepReport)
  /// A validation is under way.
  case validating(PerplexityEvaluator.Progress)
  /// The averaged weights have been measured on the validation rows.
  case validated(step: Int, LikelihoodEstimate, isBest: Bool)
  /// A checkpoint is complete on disk.
  case checkpointWritten(step: Int, path: String)
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
}

/// Training that cannot go on because its numbers are no longer finite.
public struct TrainingDivergence: Error, Equatable, Sendable, CustomStringConvertible {
  public let step: Int
  public let loss: Double
  public let gradientNorm: Double

  public var description: String {
    "step \(step): found a loss of \(loss) and a gradient norm of \(gradientNorm), expected finite "
      + "numbers. Lower optim.lr or lengthen lr_scheduler.num_warmup_steps, and resume from the "
      + "last checkpoint."
  }
}
