/// What the parts of a run are built from.
extension RunConfiguration {
  /// Where the rows come from.
  public var dataSource: DataSource {
    get throws(InputError) {
      DataSource(
        train: data.train, valid: data.valid ?? [], tokenizer: data.tokenizer,
        reading: TextReading(documents: data.documents, detokenizer: data.detokenizer),
        packing: packing,
        fractions: try SplitFractions(
          validation: data.valid == nil ? data.validFraction : 0,
          test: data.valid == nil ? data.testFraction : 0),
        length: model.length, vocabularySize: model.vocabularySize)
    }
  }

  /// How documents become rows.
  public var packing: Packing {
    Packing(wrap: data.wrap, insertBOSEOS: data.insertBOSEOS, groupSize: data.groupSize)
  }

  /// The diffusion, for a tokenizer's mask.
  public func diffusion(maskID: Int32) -> DiffusionSettings {
    DiffusionSettings(
      maskID: maskID, noise: noise.type, samplingEpsilon: training.samplingEps,
      isAntithetic: training.antitheticSampling)
  }

  public var optimizerSettings: AdamW.Settings {
    var settings = AdamW.Settings()
    settings.beta1 = optim.beta1
    settings.beta2 = optim.beta2
    settings.epsilon = optim.eps
    settings.weightDecay = optim.weightDecay
    settings.gradientClip = trainer.gradientClipVal == 0 ? nil : trainer.gradientClipVal
    return settings
  }

  public var learningRate: LearningRateSchedule {
    switch lrScheduler.name {
    case .constantWarmup:
      .constantWarmup(peak: optim.lr, warmup: lrScheduler.numWarmupSteps)
    case .cosineDecayWarmup:
      .cosineDecayWarmup(
        peak: optim.lr, warmup: lrScheduler.numWarmupSteps, initial: lrScheduler.warmupLRInit,
        floor: lrScheduler.lrMin, total: trainer.maxSteps)
    }
  }

  /// The moving average of the weights, or nil where none is kept.
  public var averaging: ExponentialMovingAverage? {
    training.ema == 0 ? nil : ExponentialMovingAverage(decay: training.ema)
  }
}
