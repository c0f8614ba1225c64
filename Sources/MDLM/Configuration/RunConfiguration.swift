/// Everything that decides a training run: data, network, diffusion, optimizer, schedule and seed.
///
/// Files spell the settings as the official code does (`model.hidden_size`, `optim.lr`), in JSON5:
///
/// ```json5
/// {
///   data: { train: "corpora/kjv.txt", tokenizer_name_or_path: "char" },
///   model: { hidden_size: 192, n_blocks: 4, n_heads: 6, length: 128 },
/// }
/// ```
///
/// What a file leaves out has the official default, which is written here and nowhere else.
/// ``keys`` lists every key with its meaning, values and default. Paths in ``data`` are relative to
/// the current directory.
public struct RunConfiguration: Equatable, Sendable {
  public var data: Data
  public var model: Model
  /// The noise schedule.
  public var noise: NoiseSettings = NoiseSettings()
  /// What the network's outputs mean, which also decides what kind of network it is.
  public var parameterization: Parameterization = .subs
  /// Whether the network sees the noise level.
  public var timeConditioning: Bool = false
  /// The number of discrete diffusion steps (`T`); 0 is continuous time.
  public var discreteTimeSteps: Int = 0
  /// Whether D3PM never predicts the mask.
  public var subsMasking: Bool = false
  public var loader: Loader = Loader()
  public var optim: Optim = Optim()
  public var lrScheduler: LRScheduler = LRScheduler()
  public var training: Training = Training()
  public var trainer: Trainer = Trainer()
  public var sampling: Sampling = Sampling()
  public var checkpointing: Checkpointing = Checkpointing()
  /// The seed of everything random in the run.
  public var seed: UInt64 = 1

  /// Creates a configuration with the official defaults for all that these two do not say.
  public init(data: Data, model: Model) {
    self.data = data
    self.model = model
  }

  /// Returns the network's sizes.
  ///
  /// - Parameter vocabularySize: The tokenizer's number of ids, the mask included.
  /// - Returns: The configuration of the network that this run trains.
  public func transformer(vocabularySize: Int) -> NetworkConfiguration {
    NetworkConfiguration(
      vocabularySize: vocabularySize, length: model.length, hiddenSize: model.hiddenSize,
      blockCount: model.blockCount, headCount: model.headCount,
      conditioningSize: model.conditioningSize, dropout: model.dropout,
      timeConditioning: timeConditioning, backbone: parameterization.backbone)
  }
}

extension RunConfiguration {
  /// The texts and how rows are cut from them.
  public struct Data: Equatable, Sendable {
    /// Files to train on, relative to the current directory.
    public var train: [String]
    /// Files to validate on; without them the fractions below are cut off the training text.
    public var valid: [String]?
    /// The share of the text that validation takes from its end, before the test's.
    public var validFraction: Double = 0.05
    /// The share of the text that the test takes from its very end.
    public var testFraction: Double = 0.05
    /// `char`, `byte`, `text8`, `dna`, a tokenizer.json or a directory with one; nil for token shards
    /// without any.
    public var tokenizer: String?
    /// Whether documents are joined and cut into full rows, instead of one row a document.
    public var wrap: Bool = true
    public var documents: DocumentBoundary = .lines
    /// Whether a row opens with BOS and closes with EOS.
    public var insertBOSEOS: Bool = true
    /// Documents that are packed by themselves, as the official code packs 1,000; nil packs all.
    public var groupSize: Int?
    /// What undoes the spaces that a corpus was tokenized with.
    public var detokenizer: Detokenizer = .none
    /// Whether `.bin` files are nothing but uint16 ids, as nanoGPT writes them.
    public var rawUInt16: Bool = false

    public init(train: [String], tokenizer: String?) {
      self.train = train
      self.tokenizer = tokenizer
    }
  }

  /// The sizes of the network; see ``NetworkConfiguration``.
  public struct Model: Equatable, Sendable {
    /// The number of token ids, the mask included; nil takes the tokenizer's.
    public var vocabularySize: Int?
    public var hiddenSize: Int
    public var blockCount: Int
    public var headCount: Int
    public var conditioningSize: Int = 128
    /// Tokens in a row.
    public var length: Int
    public var dropout: Double = 0.1

    public init(hiddenSize: Int, blockCount: Int, headCount: Int, length: Int) {
      self.hiddenSize = hiddenSize
      self.blockCount = blockCount
      self.headCount = headCount
      self.length = length
    }
  }

  /// The batch.
  public struct Loader: Equatable, Sendable {
    /// Rows in an optimizer step, over all micro-batches.
    public var globalBatchSize: Int = 512
  }

  /// AdamW.
  public struct Optim: Equatable, Sendable {
    public var lr: Double = 3e-4
    public var weightDecay: Double = 0
    public var beta1: Double = 0.9
    public var beta2: Double = 0.999
    public var eps: Double = 1e-8
  }

  /// The learning rate over the run.
  public struct LRScheduler: Equatable, Sendable {
    public var name: LRSchedulerName = .constantWarmup
    /// Steps over which the rate rises linearly to ``Optim/lr``.
    public var numWarmupSteps: Int = 2500
    /// The rate at step 0; only the cosine schedule reads it.
    public var warmupLRInit: Double = 1e-6
    /// The rate that the cosine ends at; only the cosine schedule reads it.
    public var lrMin: Double = 1e-6
  }

  /// How the learning rate changes over the run.
  public enum LRSchedulerName: String, CaseIterable, Sendable {
    /// Rises from 0, then stays.
    case constantWarmup = "constant_warmup"
    /// Rises, then falls along half a cosine until the last step.
    case cosineDecayWarmup = "cosine_decay_warmup"
  }

  /// The objective and the moving average of the weights.
  public struct Training: Equatable, Sendable {
    /// The decay of the moving average of the weights; 0 keeps none.
    public var ema: Double = 0.9999
    /// Whether the times of a batch are spread evenly, one in each of as many equal intervals.
    public var antitheticSampling: Bool = true
    /// Where in their intervals these times lie.
    public var antitheticOffset: AntitheticOffset = .independent
    public var importanceSampling: Bool = false
    /// The smallest time that is drawn.
    public var samplingEps: Double = 1e-3
    public var changeOfVariables: Bool = false
  }

  /// Where the times of antithetic sampling lie in their intervals.
  public enum AntitheticOffset: String, CaseIterable, Sendable {
    /// Each at a random place, as in the official code.
    case independent
    /// All at the same random place, as in MD4.
    case shared
  }

  /// The length of the run and what happens on the way.
  public struct Trainer: Equatable, Sendable {
    public var maxSteps: Int = 1_000_000
    /// The largest global gradient norm; 0 does not clip.
    public var gradientClipVal: Double = 1
    /// Optimizer steps between validations.
    public var valCheckInterval: Int = 10_000
    /// Micro-batches in an optimizer step.
    public var accumulateGradBatches: Int = 1
    /// Whether blocks keep their input only and are computed again for the backward pass.
    public var activationCheckpointing: Bool = false
    /// Batches of ``Loader/globalBatchSize`` rows that a validation reads; nil reads all rows.
    public var limitValBatches: Int?
    /// Optimizer steps between lines in the metrics.
    public var logEveryNSteps: Int = 10
    /// How long one process trains before it saves and stops by itself; nil sets no limit.
    public var maxTime: Duration?
    /// Steps in a row that are skipped for want of finite numbers before the run stops.
    public var maxSkippedSteps: Int = 10
  }

  /// How text is drawn from the model where the command does not say otherwise.
  public struct Sampling: Equatable, Sendable {
    public var predictor: Predictor = Parameterization.subs.defaultPredictor
    /// Denoising steps from all masks to text.
    public var steps: Int = 128
    /// Whether masks left after the last step are replaced by their likeliest tokens.
    public var noiseRemoval: Bool = true
    /// Samples drawn on the way, from the same seeds every time; 0 draws none.
    public var numSampleLog: Int = 1
    /// Optimizer steps between such samples; nil draws them with every validation.
    public var logEveryNSteps: Int?
  }

  /// When checkpoints are written and how many are kept.
  public struct Checkpointing: Equatable, Sendable {
    /// Optimizer steps between checkpoints.
    public var everyNSteps: Int = 500
    /// Newest checkpoints to keep; the best one is kept besides.
    public var keepLast: Int = 3
    /// Checkpoints of steps that this divides are kept for good; nil keeps none so.
    public var keepEveryNSteps: Int?
  }
}
