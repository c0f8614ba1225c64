/// What the files of a training run tell: its settings, how its losses went, what it wrote.
///
/// A run that is young or still going on has some of it only.
public struct RunHistory: Sendable {
  public let directory: RunDirectory
  /// The settings, or nil where they are not written yet.
  public internal(set) var configuration: RunConfiguration?
  /// Lines about training, in the order of their steps.
  public internal(set) var training: [TrainingPoint] = []
  /// Validations, in the order of their steps.
  public internal(set) var validations: [Validation] = []
  public internal(set) var skippedSteps: [SkippedStep] = []
  public internal(set) var spikes: [Spike] = []
  /// Samples by their steps, and by their numbers within a step.
  public internal(set) var samples: [DrawnSample] = []
  /// Processes that trained the run, in the order in which they began.
  public internal(set) var sessions: [Session] = []
  /// The steps with a checkpoint.
  public internal(set) var checkpoints: [Int] = []
  /// The step of the newest checkpoint, and of the one with the best validation.
  public internal(set) var latestCheckpoint: Int?
  public internal(set) var bestCheckpoint: Int?
  /// Parameters of the network, where a session or a checkpoint tells.
  public internal(set) var parameters: Int?
  /// Whether a process is writing the run.
  public internal(set) var isLocked = false

  init(_ directory: RunDirectory) { self.directory = directory }
}

extension RunHistory {
  /// A line about training.
  public struct TrainingPoint: Sendable {
    public let step: Int
    /// The loss of this step's rows; nil where it was not finite.
    public let loss: Double?
    /// The mean loss since the line before.
    public let meanLoss: Double?
    public let learningRate: Double?
    public let gradientNorm: Double?
    /// Tokens read by the run so far.
    public let tokens: Double?
    /// Since the process began.
    public let seconds: Double?
    public let tokensPerSecond: Double?
    /// Megabytes that the process held.
    public let memory: Double?
    public let lossByMaskedShare: MaskedShareLosses?
  }

  /// A measurement on the validation rows.
  public struct Validation: Sendable {
    public let step: Int
    /// Nats a token; nil where it was not finite.
    public let nll: Double?
    public let standardError: Double?
    /// Since the process began.
    public let seconds: Double?
    public let lossByMaskedShare: MaskedShareLosses?
  }

  /// A step whose loss or gradient was not finite, which left the weights as they were.
  public struct SkippedStep: Sendable {
    public let step: Int
    public let loss: Double?
    public let gradientNorm: Double?
    /// Where in the run its rows were written.
    public let batch: String?
  }

  /// A step whose loss lay far above what was to be expected.
  public struct Spike: Sendable {
    public let step: Int
    public let loss: Double?
    public let expected: Double?
    public let deviation: Double?
  }

  /// A text that was drawn on the way.
  public struct DrawnSample: Sendable {
    public let step: Int
    /// The same number stands for the same draws at all steps.
    public let number: Int
    /// The text, or the ids where there is no tokenizer.
    public let text: String
    /// Calls of the network that it took.
    public let networkCalls: Int?
  }
}
