import MDLM

/// A network and the batch that a benchmark runs it with.
struct BenchmarkSubject {
  private(set) var network: NetworkConfiguration
  /// Rows of one optimizer step, and of one evaluation.
  let rows: Int
  /// Parts that a training step is split into.
  var microBatches = 1
  var checkpointsActivations = false
  var optimizer = AdamW.Settings()
  var averaging: ExponentialMovingAverage? = ExponentialMovingAverage(decay: 0.9999)

  /// What is trained, measured and sampled.
  private(set) var diffusion: DiffusionSettings

  /// How sequences are sampled.
  var sampling = Sampling()

  struct Sampling {
    var steps = 128
    /// Sequences that are drawn together; nil for eight, or one of a long network.
    var sequences: Int?
    /// Tokens in a sequence; nil for the network's length.
    var length: Int?
    /// Tokens for each further window of a sequence that is longer than the network.
    var stride: Int?
  }

  /// Networks of growing cost, the same as those of the PyTorch peer in `scripts/`.
  static let named: [(name: String, subject: BenchmarkSubject)] = [
    ("char", named(vocabulary: 28, length: 256, hidden: 256, blocks: 6, heads: 8, rows: 16)),
    ("b256", named(vocabulary: 30523, length: 128, hidden: 256, blocks: 8, heads: 8, rows: 32)),
    (
      "small128", named(vocabulary: 30523, length: 128, hidden: 768, blocks: 12, heads: 12, rows: 8)
    ),
    (
      "small1024",
      named(vocabulary: 50258, length: 1024, hidden: 768, blocks: 12, heads: 12, rows: 1)
    ),
  ]

  private static func named(
    vocabulary: Int, length: Int, hidden: Int, blocks: Int, heads: Int, rows: Int
  ) -> BenchmarkSubject {
    BenchmarkSubject(
      network: NetworkConfiguration(
        vocabularySize: vocabulary, length: length, hiddenSize: hidden, blockCount: blocks,
        headCount: heads, dropout: 0), rows: rows,
      diffusion: DiffusionSettings(maskID: Int32(vocabulary - 1)))
  }

  /// Takes a baseline's objective and network in place of those of MDLM, with its usual settings.
  mutating func become(_ parameterization: Parameterization) {
    guard parameterization != diffusion.parameterization else { return }
    diffusion.parameterization = parameterization
    diffusion.discreteTimeSteps = parameterization.usualTimeSteps
    diffusion.excludesMask = false
    diffusion.timeTransform = .none
    network.backbone = parameterization.backbone
    network.timeConditioning = parameterization.traits.usuallySeesTime
  }
}

extension BenchmarkSubject {
  /// The subject of this name, or the network and batch of the configuration at this path.
  init(_ nameOrPath: String) throws {
    if let found = Self.named.first(where: { $0.name == nameOrPath }) {
      self = found.subject
      return
    }
    let names = Self.named.map { $0.name }
    guard nameOrPath.contains(".") || nameOrPath.contains("/") else {
      throw InputError(
        .usage, nameOrPath.quoted, found: "neither a known network nor a file",
        expected: names.alternatives + ", or a configuration",
        remedy: nameOrPath.correction(among: names, otherwise: "Choose one of them"))
    }
    let configuration = try RunConfiguration.load(path: nameOrPath)
    let network = try configuration.networkWithoutData()
    self.init(
      network: network,
      rows: configuration.loader.globalBatchSize,
      microBatches: configuration.trainer.accumulateGradBatches,
      checkpointsActivations: configuration.trainer.activationCheckpointing,
      optimizer: configuration.optimizerSettings, averaging: configuration.averaging,
      diffusion: configuration.diffusion(maskID: Int32(network.vocabularySize - 1)))
  }
}
