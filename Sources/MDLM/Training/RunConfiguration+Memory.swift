#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension RunConfiguration {
  /// Says what a run lacks in memory, or nil where it may fit.
  ///
  /// Systems that overcommit would begin such a run and kill it in its first step. The estimate is a
  /// lower bound: the buffers of all parameters, and what the tape keeps for the backward pass of one
  /// micro-batch.
  ///
  /// - Parameters:
  ///   - sizes: The network.
  ///   - memory: Bytes that there are, by default those of this machine.
  /// - Returns: The mistake of category `badConfiguration` to report.
  public func memoryShortage(
    for sizes: DiffusionTransformerConfiguration,
    memory: UInt64 = ProcessInfo.processInfo.physicalMemory
  ) -> InputError? {
    // Weights, gradients, two moments and the average.
    let parameters = Double(sizes.parameterCount) * 5
    // Each block keeps at least queries, keys, values and the inner row of its MLP, 4 wide.
    let rows = loader.globalBatchSize / trainer.accumulateGradBatches
    let activations = Double(rows) * Double(sizes.length * sizes.hiddenSize * sizes.blockCount) * 7
    let needed = (parameters + activations) * Double(MemoryLayout<Float>.size)
    guard needed > Double(memory) else { return nil }
    func gigabytes(_ bytes: Double) -> String { "\((bytes / 1e8).rounded() / 10) GB" }
    return InputError(
      .badConfiguration, "the network and its batch",
      found: "\(sizes.parameterCount) parameters and micro-batches of \(rows) rows, which take "
        + "at least \(gigabytes(needed))",
      expected: "at most the \(gigabytes(Double(memory))) of memory here",
      remedy: parameters > activations
        ? "Lower model.hidden_size or model.n_blocks"
        : "Raise trainer.accumulate_grad_batches, which leaves the result as it is")
  }
}
