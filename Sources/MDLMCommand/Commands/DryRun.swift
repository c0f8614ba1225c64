import MDLM

/// What a run would take, without taking it: sizes, cost and missing inputs.
struct DryRun {
  private let configuration: RunConfiguration
  private let device: Device
  private var notes: [String] = []
  private var network: NetworkConfiguration?
  private var rows: [(split: String, count: Int)] = []

  /// Checks the data that is there; what is missing becomes a note.
  init(_ configuration: RunConfiguration, threads: Int?) throws {
    self.configuration = configuration
    device = Device(threads: threads)
    do {
      let dataset = try configuration.loadDataset()
      network = try configuration.sizes(for: dataset).network
      notes = dataset.notes
      rows = DataSplit.allCases.compactMap { split in
        dataset.rows[split].map { (split.rawValue, $0.count) }
      }
    } catch {
      guard error.category == .missingInput else { throw error }
      notes.append(error.description)
      network = configuration.model.vocabularySize.map(
        configuration.transformer(vocabularySize:))
    }
  }

  func report(json: Bool, in context: CommandContext) throws {
    let shortage = network.flatMap { configuration.memoryShortage(for: $0) }
    let notes = notes + [shortage].compactMap { $0?.description }
    for note in notes { context.note(note) }
    guard let network else {
      context.note("without its data the vocabulary is unknown; set model.vocab_size for sizes")
      return
    }
    let cost = Cost(configuration, network, rate: measuredMultiplyRate(on: device))
    if json {
      try context.print(
        JSONLine([
          "parameters": .integer(network.parameterCount),
          "tokens_per_step": .integer(cost.tokensPerStep),
          "operations_per_step": .number(cost.operationsPerStep),
          "gemm_gflops": .number(cost.rate / 1e9), "seconds": .number(cost.seconds),
          "peak_rss_mb": .number(Double(memory(network).total) / 1e6),
          "notes": .strings(notes),
        ]).text)
      return
    }
    let model = configuration.model
    for (split, count) in rows { try context.print("\(split): \(count) rows of \(model.length)") }
    try context.print(
      "network: \(model.hiddenSize) wide, \(model.blockCount) blocks, \(model.headCount) heads, "
        + "\(network.vocabularySize) ids; \(NumberFormat.count(Double(network.parameterCount))) "
        + "parameters (\(network.parameterCount))")
    try context.print(cost.text)
    try context.print(
      "memory: about \(NumberFormat.count(Double(memory(network).total)))B at the peak")
  }

  private func memory(_ network: NetworkConfiguration) -> TrainingMemory {
    configuration.trainingMemory(
      for: network, dataTokens: rows.reduce(0) { $0 + $1.count } * network.length)
  }

  /// The arithmetic of a whole run.
  private struct Cost {
    let tokensPerStep: Int
    let operationsPerStep: Double
    let steps: Int
    let rate: Double
    /// At the full rate of matrix products: a run takes somewhat longer.
    var seconds: Double { operationsPerStep * Double(steps) / rate }

    init(
      _ configuration: RunConfiguration, _ network: NetworkConfiguration, rate: Double
    ) {
      let rows = configuration.loader.globalBatchSize
      tokensPerStep = rows * network.length
      operationsPerStep = network.trainingOperations(configuration.parameterization) * Double(rows)
      steps = configuration.trainer.maxSteps
      self.rate = rate
    }

    var text: String {
      let total = Double(tokensPerStep) * Double(steps)
      return "one step: \(tokensPerStep) tokens, \(NumberFormat.count(operationsPerStep)) "
        + "floating-point operations\n"
        + "whole run: \(NumberFormat.count(Double(steps))) steps, \(NumberFormat.count(total)) "
        + "tokens; at least \(NumberFormat.duration(.seconds(min(seconds, 1e15)))) at the "
        + "\(NumberFormat.count(rate / 1e9)) GFLOP/s that matrix products reach here"
    }
  }
}
