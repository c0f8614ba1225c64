import MDLM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The events of a training run as a log for TensorBoard.
///
/// The run matters more than this picture of it: what cannot be written is told once, and left out.
struct TrainTensorBoard {
  private let log: TensorBoardLog
  private let context: CommandContext
  private var hasFailed = false

  /// Begins a file in the run's folder `tensorboard`.
  ///
  /// - Parameters:
  ///   - run: The run, ready to begin or to go on.
  ///   - context: Where failures are told.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  init(_ run: TrainingRun, in context: CommandContext) throws(InputError) {
    log = try TensorBoardLog(
      directory: "\(run.directory.path)/tensorboard", step: run.state.step, at: Self.now)
    self.context = context
  }

  mutating func record(_ event: TrainingEvent) {
    do throws(InputError) {
      try write(event)
    } catch {
      if !hasFailed { context.note(error.description) }
      hasFailed = true
    }
  }

  private func write(_ event: TrainingEvent) throws(InputError) {
    switch event {
    case .logged(let metrics):
      try scalars(
        [
          ("train/loss", metrics.meanLoss ?? metrics.loss), ("train/lr", metrics.learningRate),
          ("train/grad_norm", metrics.gradientNorm),
          ("train/tokens_per_s", metrics.tokensPerSecond),
          ("train/rss_mb", Double(metrics.residentMemory) / 1e6),
        ] + shares("loss_by_masked_share", metrics.lossByMaskedShare), step: metrics.step)
    case .validated(let step, let estimate, _):
      try scalars(
        [
          ("validation/nll", estimate.nll), ("validation/ppl", estimate.perplexity),
          ("validation/stderr", estimate.standardError),
        ] + shares("validation_by_masked_share", estimate.lossCurve.tenths), step: step)
    case .sampled(let step, let samples):
      for logged in samples {
        let text = logged.text ?? logged.sample.tokens.map(String.init).joined(separator: " ")
        try log.text("samples/\(logged.sample.index)", text, step: step, at: Self.now)
      }
    case .checkpointWritten: try log.flush()
    case .step, .spiked, .skipped, .validating, .sampling, .checkpointFailed: break
    }
  }

  private func shares(_ name: String, _ losses: [Double?]) -> [(String, Double)] {
    losses.enumerated().compactMap { tenth, loss in
      loss.map { ("\(name)/\(tenth == 9 ? "1.0" : "0.\(tenth + 1)")", $0) }
    }
  }

  private func scalars(_ values: [(String, Double)], step: Int) throws(InputError) {
    for (name, value) in values { try log.scalar(name, value, step: step, at: Self.now) }
  }

  private static var now: Double { Date().timeIntervalSince1970 }
}
