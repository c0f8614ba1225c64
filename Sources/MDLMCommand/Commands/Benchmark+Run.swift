import MDLM

extension Benchmark {
  func run(in context: CommandContext) throws {
    var subject = try BenchmarkSubject(subject)
    subject.sampling = sampling
    if let parameterization { subject.become(parameterization) }
    try checkStride(for: subject.diffusion.parameterization)
    let device = Device(threads: threads)
    let before = multiplyRate()
    let runner = BenchmarkRunner(subject, task, on: device)
    let result = try runner.measure(seconds: seconds, context.interruption)
    let peakMemory = ProcessMemory.peak
    // The machine's speed drifts: the mean of before and after is the fairer yardstick.
    let report = BenchmarkReport(
      result, subject: self.subject, subject.diffusion.parameterization, task: task,
      threads: device.threadCount,
      multiplyRate: (before + multiplyRate()) / 2, peakMemory: peakMemory)
    if json {
      try context.print(JSONLine(report.fields).text)
    } else {
      for line in report.lines { try context.print(line) }
    }
  }

  private func checkStride(for parameterization: Parameterization) throws(InputError) {
    guard sampling.stride != nil, parameterization == .ar else { return }
    throw InputError(
      .usage, "--stride", found: "it with a network of ar",
      expected: "one of diffusion: this one writes token by token already",
      remedy: "Leave it out")
  }

  /// Measured on a device of its own, whose memory is gone before the network's is taken.
  private func multiplyRate() -> Double {
    measuredMultiplyRate(size: 2048, on: Device(threads: threads))
  }
}

/// What was measured: repetitions of the same piece of work.
struct BenchmarkResult {
  let tokens: Int
  /// The floating-point operations that the work needs.
  let operations: Double
  /// Calls of the network for each sequence, where sequences were sampled.
  let networkCalls: Double?
  let durations: [Duration]
  let phases: [Phase: Duration]

  var median: Double { durations.sorted()[durations.count / 2] / .seconds(1) }
}

/// Repeats one task on random tokens.
private struct BenchmarkRunner {
  private let subject: BenchmarkSubject
  private let task: Benchmark.Task
  private let device: Device
  private let diffusion: DiffusionSettings
  private let rows: TokenRows

  init(_ subject: BenchmarkSubject, _ task: Benchmark.Task, on device: Device) {
    self.subject = subject
    self.task = task
    self.device = device
    let mask = subject.network.vocabularySize - 1
    diffusion = subject.diffusion
    var random = RandomKey(seed: 1, stream: .order).generator()
    let length = subject.network.length
    // A few rows more for an evaluation: its masked share is then nearly one half.
    let count = task == .eval ? max(subject.rows, 8) : subject.rows
    rows = TokenRows(
      length: length,
      tokens: (0..<count * length).map { _ in
        Int32(random.nextUniform() * Double(mask))
      })
  }

  func measure(seconds: Int, _ interruption: Interruption) throws -> BenchmarkResult {
    switch task {
    case .train:
      var state = TrainingState(
        subject.network, diffusion: diffusion, optimizer: subject.optimizer,
        averaging: subject.averaging, seed: 1, on: device)
      perturb(state.network)
      let batch = try TrainingState.Batch(rows, indices: Array(0..<rows.count))
      let operations = 3 * stepOperations
      return try repeated(
        for: seconds, warmUps: 2, tokens: rows.count * rows.length, interruption
      ) {
        _ = state.train(
          on: batch, microBatches: subject.microBatches,
          checkpointsActivations: subject.checkpointsActivations, learningRate: 3e-4, seed: 1)
        return (operations, nil)
      }
    case .eval:
      let network = inferenceNetwork()
      let evaluator = PerplexityEvaluator(
        diffusion, batchSize: max(1, subject.rows / subject.microBatches))
      let operations = stepOperations
      return try repeated(
        for: seconds, warmUps: 1, tokens: rows.count * rows.length, interruption
      ) {
        _ = try evaluator.evaluate(network, on: rows)
        return (operations, nil)
      }
    case .sample:
      let network = inferenceNetwork()
      let options = subject.sampling
      let count = options.sequences ?? (subject.network.length < 1024 ? 8 : 1)
      let length = options.length ?? subject.network.length
      var settings = SamplerSettings(
        predictor: diffusion.parameterization.defaultPredictor, steps: options.steps)
      if let stride = options.stride { settings.order = .strides(stride) }
      let sampler = Sampler(diffusion, settings, batchSize: count)
      return try repeated(for: seconds, warmUps: 1, tokens: count * length, interruption) {
        let samples = try sampler.sample(from: network, count: count, length: length)
        let calls = Double(samples.reduce(0) { $0 + $1.networkCalls })
        if diffusion.parameterization == .ar {
          return (Double(count) * forwardOperations(scoredShare: 1), calls / Double(count))
        }
        // Every position is asked for once.
        let asked = forwardOperations(scoredShare: 1) - forwardOperations(scoredShare: 0)
        return (
          calls * forwardOperations(scoredShare: 0) + Double(count * length)
            / Double(network.length) * asked,
          calls / Double(count)
        )
      }
    }
  }

  /// What one sequence needs, where half of the batch is masks and the rest is random.
  private func forwardOperations(scoredShare: Double) -> Double {
    let tokens = Double(rows.count * rows.length)
    return subject.network.forwardOperations(
      scoredShare: scoredShare,
      distinctShare: min(Double(subject.network.vocabularySize), tokens / 2) / tokens)
  }

  /// The forward passes of one step over all rows.
  private var stepOperations: Double {
    let shares = diffusion.parameterization.traits.askedShares
    return Double(rows.count) * shares.reduce(0) { $0 + forwardOperations(scoredShare: $1) }
  }

  private func inferenceNetwork() -> any Network {
    let network = subject.network.network(on: device)
    network.parameters.initialize(seed: 1)
    perturb(network)
    return network
  }

  /// Moves every weight a little: fresh networks have zero gates, and a zero is a special number.
  private func perturb(_ network: any Network) {
    for (index, parameter) in network.parameters.parameters.enumerated() {
      var random = RandomKey(seed: 2, stream: .initialization).generator(row: index)
      for position in parameter.values.indices {
        parameter.values[position] += Float(0.06 * random.nextUniform() - 0.03)
      }
    }
  }

  private func repeated(
    for seconds: Int, warmUps: Int, tokens: Int, _ interruption: Interruption,
    _ work: () throws -> (operations: Double, networkCalls: Double?)
  ) throws -> BenchmarkResult {
    for _ in 0..<warmUps {
      _ = try work()
      try interruption.check()
    }
    var durations: [Duration] = []
    var outcome: (operations: Double, networkCalls: Double?) = (0, nil)
    let clock = ContinuousClock()
    let begin = clock.now
    device.phases.start()
    while durations.count < 3 || clock.now - begin < .seconds(seconds) {
      let start = clock.now
      outcome = try work()
      durations.append(clock.now - start)
      try interruption.check()
    }
    return BenchmarkResult(
      tokens: tokens, operations: outcome.operations, networkCalls: outcome.networkCalls,
      durations: durations, phases: device.phases.stop())
  }
}
