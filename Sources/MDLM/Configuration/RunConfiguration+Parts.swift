/// What the parts of a run are built from.
extension RunConfiguration {
  /// Where the rows come from; protocols that `data.train` and `data.valid` name become their files.
  public var dataSource: DataSource {
    get throws(InputError) {
      let (published, reading) = (try dataProtocol, try reading)
      var (train, valid) = (data.train, data.valid ?? [])
      var fractions = try SplitFractions(
        validation: data.valid == nil ? data.validFraction : 0,
        test: data.valid == nil ? data.testFraction : 0)
      if let published {
        train = try Self.path(of: published, training: true)
        if published.testFraction > 0 {
          fractions = try self.fractions(of: published)
          valid = []
        } else if data.valid != nil {
          valid = try Self.path(of: published, training: false)
        }
      }
      return DataSource(
        train: train, valid: valid, tokenizer: data.tokenizer,
        reading: reading, packing: packing, fractions: fractions,
        length: model.length, vocabularySize: model.vocabularySize,
        rawUInt16: data.rawUInt16)
    }
  }

  /// How the one file of a protocol is cut: what is measured is its end, and as much before it
  /// serves for validation where `data.valid` names the protocol.
  private func fractions(of published: DataProtocol) throws(InputError) -> SplitFractions {
    let test = published.testFraction
    guard data.valid == nil else { return try SplitFractions(validation: test, test: test) }
    guard data.testFraction == test else {
      throw InputError(
        .badConfiguration, "data.test_fraction",
        found: "\(data.testFraction) beside data.train \(published.name)",
        expected: "that protocol's own, \(test)",
        remedy: "Remove the key, or name files in place of the protocol")
    }
    return try SplitFractions(validation: data.validFraction, test: test)
  }

  /// Reads, tokenizes and packs the data of the run.
  ///
  /// - Parameter tokenizer: That of a checkpoint, in place of the one that the configuration names.
  /// - Returns: At least one row of each part.
  /// - Throws: ``InputError`` as ``DataSource/load(_:tokenizer:)``, and where token shards were made
  ///   with another detokenizer than `data.detokenizer`, which text measured later is read with.
  public func loadDataset(tokenizer: (any Tokenizer)? = nil) throws(InputError) -> Dataset {
    let dataset = try dataSource.load(tokenizer: tokenizer)
    let asked = try reading.detokenizer
    for making in dataset.making.values {
      guard let done = making.detokenizer, done != asked else { continue }
      throw InputError(
        .badConfiguration, "data.detokenizer",
        found: "\(asked.rawValue) with token shards made with the detokenizer \(done.rawValue)",
        expected: "what the shards were made with", remedy: "Set it to \"\(done.rawValue)\"")
    }
    return dataset
  }

  /// How text becomes documents.
  public var reading: TextReading {
    get throws(InputError) {
      guard let published = try dataProtocol else {
        return TextReading(documents: data.documents, detokenizer: data.detokenizer)
      }
      let own = published.reading
      guard data.detokenizer == .none || data.detokenizer == own.detokenizer else {
        throw InputError(
          .badConfiguration, "data.detokenizer",
          found: "\(data.detokenizer.rawValue) beside data.train \(published.name)",
          expected: "that protocol's own, \(own.detokenizer.rawValue)",
          remedy: "Remove the key, or name files in place of the protocol")
      }
      return own
    }
  }

  /// The folder in which runs look for the files of protocols.
  public static let corpora = "corpora"

  /// The protocol that the data are named by, or nil for files.
  public var dataProtocol: DataProtocol? {
    get throws(InputError) {
      func named(_ paths: [String]) -> DataProtocol? {
        guard paths.count == 1, let name = paths.first, !FileSystem.exists(name) else { return nil }
        return DataProtocol.named(name)
      }
      let (train, valid) = (named(data.train), named(data.valid ?? data.train))
      guard train?.name == valid?.name else {
        throw InputError(
          .badConfiguration, "data.valid",
          found: (data.valid ?? []).joined(separator: ", ")
            + " beside data.train \(data.train.joined(separator: ", "))",
          expected: "the name of one protocol for both, or files for both",
          remedy: "Name the files")
      }
      return train
    }
  }

  private static func path(
    of published: DataProtocol, training: Bool
  ) throws(InputError) -> [String] {
    let path = training ? published.trainingPath(in: corpora) : published.path(in: corpora)
    guard let path else { throw published.missing(in: corpora, forRun: true, training: training) }
    if DataFormat(path: path) == .shard { try published.checkShard(at: path) }
    return [path]
  }

  /// How documents become rows.
  public var packing: Packing {
    Packing(wrap: data.wrap, insertBOSEOS: data.insertBOSEOS, groupSize: data.groupSize)
  }

  /// The diffusion, for a tokenizer's mask.
  public func diffusion(maskID: Int32) -> DiffusionSettings {
    var settings = DiffusionSettings(
      maskID: maskID, parameterization: parameterization, noise: noise,
      samplingEpsilon: training.samplingEps, isAntithetic: training.antitheticSampling)
    settings.discreteTimeSteps = discreteTimeSteps
    settings.excludesMask = subsMasking
    settings.sharesOffset = training.antitheticSampling && training.antitheticOffset == .shared
    settings.timeTransform =
      training.importanceSampling
      ? .importance : training.changeOfVariables ? .changeOfVariables : .none
    return settings
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
