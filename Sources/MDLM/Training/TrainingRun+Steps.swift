/// The loop of a run.
extension TrainingRun {
  mutating func takeSteps(
    until lastStep: Int?, _ report: (TrainingEvent) -> Disposition
  ) throws -> TrainingEnding {
    let last = min(lastStep ?? .max, configuration.trainer.maxSteps)
    // A run that was stopped within a validation or its samples makes up for them first.
    if state.step > 0, owesValidation || owesSamples {
      if try finishStep(isLast: false, report) == .stop { return ending }
    }
    while state.step < last {
      if timeLimit.isNearlyUp {
        if savedStep != state.step { _ = try save(isBest: false, isLast: true, report) }
        return .outOfTime
      }
      let disposition = try takeStep(report)
      let isLast = disposition == .stop || state.step == last
      if try finishStep(isLast: isLast, report) == .stop || disposition == .stop { break }
    }
    return ending
  }

  /// How a run ends that ends now.
  private var ending: TrainingEnding {
    if state.step == configuration.trainer.maxSteps, !owesValidation, !owesSamples {
      return .finished
    }
    return timeLimit.isUp ? .outOfTime : .stopped
  }

  private var isEnd: Bool { state.step == configuration.trainer.maxSteps }

  private var isValidationDue: Bool {
    state.step % configuration.trainer.valCheckInterval == 0 || isEnd
  }

  private var owesValidation: Bool { isValidationDue && validatedStep != state.step }

  private var owesSamples: Bool {
    guard configuration.sampling.numSampleLog > 0, sampledStep != state.step else { return false }
    guard let interval = configuration.sampling.logEveryNSteps else { return isValidationDue }
    return state.step % interval == 0 || isEnd
  }

  // MARK: A step

  private mutating func takeStep(
    _ report: (TrainingEvent) -> Disposition
  ) throws -> Disposition {
    let rows = order.rows(
      forStep: state.step, batchSize: configuration.loader.globalBatchSize)
    let batch: TrainingState.Batch
    do throws(InputError) {
      batch = try TrainingState.Batch(train, indices: rows)
    } catch {
      // The data are gone, the work is not.
      if savedStep != state.step { _ = try? save(isBest: false, isLast: true, report) }
      throw error
    }
    log.beginStep()
    let start = timeLimit.now
    let done = state.train(
      on: batch, microBatches: configuration.trainer.accumulateGradBatches,
      checkpointsActivations: configuration.trainer.activationCheckpointing,
      learningRate: configuration.learningRate.rate(at: state.step), seed: configuration.seed)
    timeLimit.recordStep(since: start)
    var disposition = Disposition.proceed
    if done.isSkipped {
      disposition = try recordSkip(done, batch, rows, report)
    } else if let spike = statistics.add(done.loss, done.maskedShares) {
      let spike = LossSpike(
        step: done.step, loss: spike.loss, expected: spike.expected, deviation: spike.deviation)
      log.record(spike)
      disposition = report(.spiked(spike))
    }
    if let metrics = log.record(done, &statistics), report(.logged(metrics)) == .stop {
      disposition = .stop
    }
    return report(.step(done)) == .stop ? .stop : disposition
  }

  /// Keeps the rows of a skipped step for inspection, and ends the run when there are too many.
  private func recordSkip(
    _ done: TrainingStepReport, _ batch: TrainingState.Batch, _ rows: [Int],
    _ report: (TrainingEvent) -> Disposition
  ) throws -> Disposition {
    let inARow = state.skippedInARow
    // Those that follow mostly have the same cause.
    let file =
      inARow > 1
      ? nil
      : try? SkippedBatch(
        report: done, rows: rows, tokens: batch.tokens, length: batch.length,
        tokenizer: dataset.tokenizer
      ).write(in: directory.path)
    log.recordSkip(done, batch: file)
    let disposition = report(.skipped(step: done.step, inARow: inARow, batch: file))
    guard inARow > configuration.trainer.maxSkippedSteps else { return disposition }
    let first = SkippedBatch.path(ofStep: done.step - inARow + 1, in: directory.path)
    throw TrainingDivergence(
      step: done.step, loss: done.loss, gradientNorm: done.gradientNorm, skipped: inARow,
      batch: FileSystem.exists(first) ? first : nil)
  }

  // MARK: After a step

  /// Validates, draws samples and writes a checkpoint, where this step is due for them.
  ///
  /// - Parameters:
  ///   - isLast: Whether the run ends here, so that a checkpoint must be written.
  ///   - report: Receives what happens.
  /// - Returns: Whether to go on.
  /// - Throws: ``InputError`` where data have changed or the last checkpoint cannot be written.
  private mutating func finishStep(
    isLast: Bool, _ report: (TrainingEvent) -> Disposition
  ) throws -> Disposition {
    var (disposition, isBest) = (Disposition.proceed, false)
    if owesValidation {
      if let validated = try validate(report) { isBest = validated } else { disposition = .stop }
    }
    if disposition == .proceed, owesSamples, !drawSamples(report) { disposition = .stop }
    // A streak of skipped steps is no state to go back to.
    let isDue =
      state.skippedInARow == 0
      && (state.step % configuration.checkpointing.everyNSteps == 0
        || retryStep.map { state.step >= $0 } ?? false)
    let mustSave = isLast || disposition == .stop || isEnd
    if isDue || isBest || mustSave {
      if try save(isBest: isBest, isLast: mustSave, report) == .stop { disposition = .stop }
    }
    return disposition
  }

  /// Measures the averaged weights on the validation rows, with the same draws every time.
  ///
  /// - Returns: Whether they are the best so far; nil if it was stopped.
  private mutating func validate(
    _ report: (TrainingEvent) -> Disposition
  ) throws -> Bool? {
    guard let rows = dataset.rows[.valid] else {
      validatedStep = state.step
      return false
    }
    let limit = configuration.trainer.limitValBatches.map {
      $0 * configuration.loader.globalBatchSize
    }
    let evaluator = PerplexityEvaluator(
      state.diffusion, seed: configuration.seed,
      batchSize: max(
        1, configuration.loader.globalBatchSize / configuration.trainer.accumulateGradBatches))
    let timeLimit = timeLimit
    guard
      let estimate = try evaluator.evaluate(
        state.average, on: rows, limit: limit,
        report: { report(.validating($0)) == .stop || timeLimit.isUp ? .stop : .proceed })
    else { return nil }
    let isBest = estimate.nll < best ?? .infinity
    if isBest { (best, bestStep) = (estimate.nll, state.step) }
    validatedStep = state.step
    log.record(estimate, step: state.step, isBest: isBest)
    _ = report(.validated(step: state.step, estimate, isBest: isBest))
    return isBest
  }

  /// How samples on the way are drawn, or nil where none are.
  static func sampler(
    _ configuration: RunConfiguration, _ diffusion: DiffusionSettings,
    _ tokenizer: (any Tokenizer)?
  ) -> Sampler? {
    let (sampling, count) = (configuration.sampling, configuration.sampling.numSampleLog)
    guard count > 0 else { return nil }
    var settings = SamplerSettings(
      predictor: sampling.predictor, steps: sampling.steps, seed: configuration.seed)
    settings.removesNoise = sampling.noiseRemoval
    if configuration.data.insertBOSEOS { settings.beginID = tokenizer?.beginID }
    var sampler = Sampler(diffusion, settings, batchSize: min(count, 8))
    sampler.describesReveals = false
    return sampler
  }

  /// Draws samples with the averaged weights, with the same seeds every time.
  ///
  /// - Returns: Whether all were drawn; false if it was stopped.
  private mutating func drawSamples(
    _ report: (TrainingEvent) -> Disposition
  ) -> Bool {
    guard let sampler = Self.sampler(configuration, state.diffusion, dataset.tokenizer)
    else { return true }
    let count = configuration.sampling.numSampleLog
    let (step, timeLimit) = (state.step, timeLimit)
    let drawn = withoutActuallyEscaping(report) { report in
      // A network that has gone astray has no samples; the run has other ways to find out.
      try? sampler.sample(from: state.average, count: count) { event in
        guard case .called = event else { return .proceed }
        return report(.sampling(step: step)) == .stop || timeLimit.isUp ? .stop : .proceed
      }
    }
    if let drawn, drawn.count < count { return false }
    sampledStep = step
    guard let drawn else { return true }
    let logged = drawn.map {
      LoggedSample(sample: $0, text: dataset.tokenizer?.decode($0.tokens))
    }
    log.record(logged, step: step)
    _ = report(.sampled(step: step, logged))
    return true
  }

  /// Writes a checkpoint.
  ///
  /// - Parameters:
  ///   - isBest: Whether it is the best so far.
  ///   - isLast: Whether nothing will be written after it: a failure is then an error, and else a reason
  ///     to try again soon.
  ///   - report: Receives what happens.
  /// - Returns: Whether to go on.
  /// - Throws: ``InputError`` of category `cannotWrite` where the last one cannot be written.
  private mutating func save(
    isBest: Bool, isLast: Bool, _ report: (TrainingEvent) -> Disposition
  ) throws(InputError) -> Disposition {
    let settings = configuration.checkpointing
    do throws(InputError) {
      let start = timeLimit.now
      // A checkpoint vouches for the lines up to its step.
      try log.synchronize()
      let path = try store.write(
        checkpoint, isBest: isBest, keepLast: settings.keepLast,
        keepEvery: settings.keepEveryNSteps)
      timeLimit.recordCheckpoint(since: start)
      (savedStep, retryStep, retryDelay) = (state.step, nil, 0)
      return report(.checkpointWritten(step: state.step, path: path))
    } catch {
      if isLast { throw error }
      // A disk may be full for long: ever longer waits, at most until the next one is due anyway.
      retryDelay = min(settings.everyNSteps, max(2 * retryDelay, settings.everyNSteps / 16, 1))
      retryStep = state.step + retryDelay
      return report(.checkpointFailed(step: state.step, error))
    }
  }
}
