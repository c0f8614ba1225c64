import Testing

@testable import MDLM

/// A step with activation checkpointing is the step without it.
struct ActivationCheckpointingTests {
  @Test(.releaseOnly, arguments: [(1, false), (2, false), (4, false), (4, true)])
  func lossAndGradientsAreTheSame(blocks: Int, timeConditioning: Bool) {
    var sizes = NetworkCase(testDescription: "", timeConditioning: timeConditioning).sizes
    sizes.blockCount = blocks
    sizes.dropout = 0.3
    let batch = NetworkCase(testDescription: "").batch
    let results = [false, true].map { checkpoints -> (loss: Float, gradients: [[Float]]) in
      let network = DiffusionTransformer(sizes, on: Device(threads: 2), trainable: true)
      network.parameters.randomize(seed: 23)
      let result = DiffusionSettings(maskID: 4).objective.loss(
        of: network, on: batch, normalizer: 3,
        .training(
          seed: 1, step: 2, firstSequence: 0, length: batch.length,
          checkpointsActivations: checkpoints))
      result.loss.backward()
      return (result.loss.scalar, network.parameters.gradientValues)
    }
    #expect(results[0].loss == results[1].loss)
    for (plain, checkpointed) in zip(results[0].gradients, results[1].gradients) {
      #expect(relativeDeviation(checkpointed, plain.map(Double.init)) <= 1e-6)
    }
  }
}
