import MDLM

extension Info {
  func run(in context: CommandContext) throws {
    switch subject {
    case .configuration(let path):
      let configuration = try RunConfiguration.load(path: path)
      // What the data would say takes longer to find out; --dry-run does.
      let network = try configuration.networkWithoutData()
      try print(ModelSummary(network: network, configuration), in: context)
    case .shard(let path): try print(try TokenShard(path: path), in: context)
    case .model(let path):
      let directory = try ModelDirectory(resolving: path)
      for note in directory.notes { context.note(note) }
      try print(try ModelSummary(directory), in: context)
    }
  }

  private func print(_ shard: TokenShard, in context: CommandContext) throws {
    let documents = shard.documentEnds.isEmpty ? nil : shard.documentEnds.count
    func text(_ part: (TextReading) -> String) -> JSONLine.Value {
      shard.reading.map { .string(part($0)) } ?? .null
    }
    guard !json else {
      return try context.print(
        JSONLine([
          "path": .string(shard.path), "tokens": .integer(shard.count),
          "documents": documents.map { .integer($0) } ?? .null,
          "vocab_size": shard.vocabularySize.map { .integer($0) } ?? .null,
          "tokenizer_sha256": shard.tokenizerFingerprint.map { .string($0) } ?? .null,
          "document_boundary": text(\.documents.rawValue), "line_ends": text(\.lineEnds.rawValue),
          "detokenizer": text(\.detokenizer.rawValue),
        ]).text)
    }
    try context.print("shard        \(shard.path)")
    try context.print("tokens       \(shard.count)")
    try context.print("documents    \(documents.map { "\($0)" } ?? "not known")")
    try context.print("vocabulary   \(shard.vocabularySize.map { "\($0) ids" } ?? "not known")")
    try context.print("tokenizer    \(shard.tokenizerFingerprint ?? "not known")")
    let reading = shard.reading.map {
      "read as \($0.documents.rawValue), line ends \($0.lineEnds.rawValue), detokenizer "
        + $0.detokenizer.rawValue
    }
    try context.print("text         \(reading ?? "not known")")
  }

  private func print(_ summary: ModelSummary, in context: CommandContext) throws {
    if json {
      try context.print(JSONLine(summary.fields).text)
    } else {
      for line in summary.lines { try context.print(line) }
    }
  }
}

extension RunConfiguration {
  /// The network's sizes; the data is read only where `model.vocab_size` does not tell.
  func networkWithoutData() throws -> NetworkConfiguration {
    if let size = model.vocabularySize { return transformer(vocabularySize: size) }
    return try sizes(for: try dataSource.load(.train)).network
  }
}

/// The sizes and cost of a network, and what lies beside its weights.
struct ModelSummary {
  let network: NetworkConfiguration
  private let diffusion: DiffusionSettings
  private var directory: ModelDirectory?
  private var progress: TrainingProgress?
  private var weights: SafetensorsFile?
  /// What training takes, where a configuration tells the batch.
  private var memory: TrainingMemory?

  init(network: NetworkConfiguration, _ configuration: RunConfiguration) {
    self.network = network
    diffusion = configuration.diffusion(maskID: Int32(network.vocabularySize - 1))
    memory = configuration.trainingMemory(for: network)
  }

  init(_ directory: ModelDirectory) throws {
    network = directory.configuration.network
    diffusion = directory.configuration.diffusion
    self.directory = directory
    progress = try directory.trainingProgress()
    weights = try SafetensorsFile(path: directory.weightsPath)
    let network = network
    memory = try directory.runConfiguration()?.trainingMemory(for: network)
  }

  var lines: [String] {
    let n = network
    let embedding = n.vocabularySize * n.hiddenSize
    func count(_ value: Int) -> String { NumberFormat.count(Double(value)) }
    var lines: [String] = []
    if let directory { lines.append("model        \(directory.path)") }
    lines += [
      "trained as   \(description)",
      "network      \(n.hiddenSize) wide, \(n.blockCount) blocks, \(n.headCount) heads, "
        + "rows of \(n.length), \(n.vocabularySize) ids, time conditioning "
        + (n.timeConditioning ? "on" : "off"),
      "parameters   \(n.parameterCount) (\(count(n.parameterCount)); "
        + "\(count(n.parameterCount - embedding)) without the token embedding)",
      "forward      \(NumberFormat.count(n.forwardOperations())) operations a row"
        + (n.backbone.isCausal
          ? ""
          : " (\(NumberFormat.count(n.forwardOperations(scoredShare: 0.5))) where half of it is masked)"),
      "training     \(NumberFormat.count(n.trainingOperations(diffusion.parameterization))) operations a row and step",
    ]
    if let memory {
      lines.append(
        "memory       about \(NumberFormat.count(Double(memory.total)))B to train: parameters "
          + "\(NumberFormat.count(Double(memory.parameters)))B, activations "
          + "\(NumberFormat.count(Double(memory.activations)))B, workspace "
          + "\(NumberFormat.count(Double(memory.workspace)))B")
    }
    guard let directory else { return lines }
    lines.append("mask         id \(directory.configuration.diffusion.maskID)")
    lines.append("tokenizer    \(directory.tokenizerPath ?? "none: token ids in and out")")
    if let weights {
      lines.append("weights      \(weights.entries.count) tensors in \(weights.path)")
    }
    if let progress {
      lines.append(
        "training     step \(progress.step), \(progress.samplesConsumed) rows read, "
          + "seed \(progress.seed)"
          + (progress.bestMetric.map {
            ", best validation \(NumberFormat.fixed($0, digits: 4)) nats/token"
          } ?? ""))
    }
    return lines
  }

  /// Such as `d3pm in 1000 steps, loglinear noise`.
  private var description: String {
    let (name, steps) = (diffusion.parameterization.rawValue, diffusion.discreteTimeSteps)
    if diffusion.parameterization == .ar { return "\(name), one token after another" }
    return name + (steps > 0 ? " in \(steps) steps" : " in continuous time")
      + ", \(diffusion.noise.summary)"
  }

  var fields: [String: JSONLine.Value] {
    var fields: [String: JSONLine.Value] = [
      "parameterization": .string(diffusion.parameterization.rawValue),
      "T": .integer(diffusion.discreteTimeSteps),
      "noise": .string(diffusion.noise.type.rawValue),
      "parameters": .integer(network.parameterCount),
      "vocab_size": .integer(network.vocabularySize),
      "length": .integer(network.length), "hidden_size": .integer(network.hiddenSize),
      "n_blocks": .integer(network.blockCount), "n_heads": .integer(network.headCount),
      "time_conditioning": .bool(network.timeConditioning),
      "forward_operations": .number(network.forwardOperations()),
      "training_operations": .number(network.trainingOperations(diffusion.parameterization)),
    ]
    if let memory { fields["training_memory_mb"] = .number(Double(memory.total) / 1e6) }
    guard let directory else { return fields }
    fields["path"] = .string(directory.path)
    fields["mask_token_id"] = .integer(Int(directory.configuration.diffusion.maskID))
    fields["tokenizer"] = directory.tokenizerPath.map { .string($0) } ?? .null
    fields["tensors"] = weights.map { .integer($0.entries.count) } ?? .null
    fields["step"] = progress.map { .integer($0.step) } ?? .null
    fields["best_nll"] = progress?.bestMetric.map { .number($0) } ?? .null
    return fields
  }
}
