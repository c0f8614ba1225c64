@testable import MDLM

/// A training run from the library's parts, without files: a network, its loss and its optimizer.
struct TrainingInMemory {
  let network: DiffusionTransformer
  let settings: DiffusionSettings
  let seed: UInt64
  /// Equal parts that a batch is computed in.
  var microBatches = 1
  private var optimizer: AdamW
  private(set) var losses: [Float] = []

  init(
    _ sizes: NetworkConfiguration, maskID: Int32, seed: UInt64,
    on device: Device
  ) {
    network = DiffusionTransformer(sizes, on: device, trainable: true)
    network.parameters.initialize(seed: seed)
    settings = DiffusionSettings(maskID: maskID)
    self.seed = seed
    optimizer = AdamW(AdamW.Settings(), for: network.parameters)
  }

  /// Adds the gradients of one batch, in micro-batches.
  mutating func accumulate(_ batch: TokenRows, step: Int) {
    let (size, length) = (batch.count / microBatches, batch.length)
    let masks = RandomKey(seed: seed, stream: .masks, step: step)
    let times = RandomKey(seed: seed, stream: .times, step: step)
    network.parameters.clearGradients()
    for first in stride(from: 0, to: batch.count, by: size) {
      let noised = settings.forwardProcess.noised(
        Array(batch.tokens[first * length..<(first + size) * length]), length: length,
        draws: (first..<first + size).map {
          settings.timeDraw(uniform: times.uniform(row: $0), index: $0, count: batch.count)
        }
      ) { masks.uniform(row: first + $0, position: $1) }
      let loss = settings.objective.loss(
        of: network, on: noised, normalizer: Double(batch.tokens.count),
        .training(seed: seed, step: step, firstSequence: first, length: length)
      ).loss
      loss.backward()
      losses.append(loss.scalar)
    }
  }

  mutating func step(_ batch: TokenRows, step: Int, learningRate: Double) {
    accumulate(batch, step: step)
    optimizer.step(
      network.parameters, learningRate: learningRate,
      gradientNorm: network.parameters.gradientNorm())
  }
}
