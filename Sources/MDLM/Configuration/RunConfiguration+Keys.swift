extension RunConfiguration {
  /// Every key that a configuration file may have, in the order in which they are written.
  ///
  /// Besides these a file may name one other with `extends`, whose settings it inherits.
  public static let keys: [ConfigurationKey] =
    dataKeys + modelKeys + diffusionKeys + optimizationKeys + trainingKeys + outputKeys

  /// What reading starts from: the defaults, and nothing where there is none.
  ///
  /// It never leaves the reader, which reports required settings that are missing.
  static let blank = RunConfiguration(
    data: Data(train: [], tokenizer: nil),
    model: Model(hiddenSize: 0, blockCount: 0, headCount: 0, length: 0))

  private static let dataKeys: [ConfigurationKey] = [
    .init(
      "data.train", \.data.train, .paths, isRequired: true,
      "Files or directories to train on, or the name of a protocol"),
    .init(
      "data.valid", \.data.valid, .optional(.paths),
      "Files to validate on, or the protocol of data.train, instead of a part of data.train"),
    .init(
      "data.valid_fraction", \.data.validFraction, .fraction, when: splitsTrainingText,
      "Share of the text that validation takes from its end, before the test's"),
    .init(
      "data.test_fraction", \.data.testFraction, .fraction, when: splitsTrainingText,
      "Share of the text that the test takes from its very end"),
    .init(
      "data.tokenizer_name_or_path", \.data.tokenizer,
      .optional(.text("char, byte, text8, dna or the path of a tokenizer")),
      "Tokenizer by name, or the path of a tokenizer.json or of a directory with one; token shards "
        + "may do without"),
    .init(
      "data.wrap", \.data.wrap, .boolean,
      "Join documents and cut them into full rows, instead of one padded row a document"),
    .init(
      "data.documents", \.data.documents, .choice(),
      "Whether each line of a text is a document, or the whole file one stream"),
    .init(
      "data.insert_bos_eos", \.data.insertBOSEOS, .boolean,
      "Open each row with BOS and close it with EOS"),
    .init(
      "data.group_size", \.data.groupSize, .optional(.integer(1...1_000_000_000)),
      when: joinsDocuments,
      "Documents that are packed by themselves, their remainder dropped; the official code's is 1000"
    ),
    .init(
      "data.detokenizer", \.data.detokenizer, .choice(),
      "What undoes the spaces that a corpus was tokenized with"),
    .init(
      "data.raw_uint16", \.data.rawUInt16, .boolean,
      "Read .bin files as little-endian uint16 ids without a header"),
  ]

  // The upper ends are far beyond use; with them no product of sizes overflows 64 bits.
  private static let modelKeys: [ConfigurationKey] = [
    .init(
      "model.vocab_size", \.model.vocabularySize, .optional(.integer(2...16_777_216)),
      "Number of token ids, the mask included; checked against the tokenizer"),
    .init(
      "model.hidden_size", \.model.hiddenSize, .integer(1...65_536), isRequired: true,
      decides: .identity,
      "Width of the residual stream"),
    .init(
      "model.n_blocks", \.model.blockCount, .integer(1...1024), isRequired: true,
      decides: .identity,
      "Number of transformer blocks"),
    .init(
      "model.n_heads", \.model.headCount, .integer(1...65_536), isRequired: true,
      decides: .identity,
      "Number of attention heads"),
    .init(
      "model.cond_dim", \.model.conditioningSize, .integer(1...65_536), decides: .identity,
      "Width of the conditioning vector that the adaptive norms read"),
    .init(
      "model.length", \.model.length, .integer(1...1_048_576), isRequired: true, decides: .identity,
      "Tokens in a row"),
    .init(
      "model.dropout", \.model.dropout, .fraction,
      "Share of attention and MLP outputs dropped in training"),
  ]

  private static let diffusionKeys: [ConfigurationKey] = [
    .init(
      "noise.type", \.noise.type, .choice(), decides: .identity,
      "Noise schedule: how the share of masked tokens grows with time"),
    .init(
      "noise.sigma_min", \.noise.sigmaMin, .optional(.positive), decides: .identity,
      when: hasNoiseRange,
      "Total noise at time 0 of linear and geometric; null takes the schedule's own"),
    .init(
      "noise.sigma_max", \.noise.sigmaMax, .optional(.positive), decides: .identity,
      when: hasNoiseRange,
      "Total noise at time 1 of linear and geometric; null takes the schedule's own"),
    .init(
      "noise.degree", \.noise.degree, .optional(.positive), decides: .identity,
      when: isPolynomial, "Power of time in polynomial; null takes 2"),
    .init(
      "parameterization", \.parameterization, .choice(), decides: .identity,
      "What is trained: MDLM itself (subs) or a baseline, the autoregressive one with its own network"
    ),
    .init(
      "time_conditioning", \.timeConditioning, .boolean, decides: .identity,
      "Let the network see the noise level; where it is not said, d3pm and sedd do"),
    .init(
      "T", \.discreteTimeSteps, .integer(0...1_000_000_000), decides: .identity,
      "Number of discrete diffusion steps, 0 for continuous time; where it is not said, d3pm has 1000"
    ),
    .init(
      "subs_masking", \.subsMasking, .boolean, decides: .identity, when: isD3PM,
      "Never predict the mask with d3pm, as subs does anyway"),
  ]

  private static let optimizationKeys: [ConfigurationKey] = [
    .init(
      "loader.global_batch_size", \.loader.globalBatchSize, .integer(1...16_777_216),
      decides: .identity,
      "Rows in an optimizer step, over all micro-batches"),
    .init(
      "optim.lr", \.optim.lr,
      .number(Double.leastNonzeroMagnitude...1, "a number above 0, 1 at most"),
      "Learning rate of AdamW after the warm-up"),
    .init(
      "optim.weight_decay", \.optim.weightDecay, .nonnegative,
      "Decoupled weight decay of AdamW, on all parameters"),
    .init("optim.beta1", \.optim.beta1, .fraction, "Decay of AdamW's first moment"),
    .init("optim.beta2", \.optim.beta2, .fraction, "Decay of AdamW's second moment"),
    .init(
      // Below, single precision would round it to zero and divide zero by zero.
      "optim.eps", \.optim.eps, .number(1e-30...1, "a number from 1e-30 to 1"),
      "What AdamW adds to the root of the second moment"),
    .init(
      "lr_scheduler.name", \.lrScheduler.name, .choice(),
      "How the learning rate goes on after the warm-up"),
    .init(
      "lr_scheduler.num_warmup_steps", \.lrScheduler.numWarmupSteps,
      .integer(0...1_000_000_000_000), "Steps over which the learning rate rises linearly"),
    .init(
      "lr_scheduler.warmup_lr_init", \.lrScheduler.warmupLRInit, .fraction, when: decays,
      "Learning rate at step 0 of cosine_decay_warmup"),
    .init(
      "lr_scheduler.lr_min", \.lrScheduler.lrMin, .fraction, when: decays,
      "Learning rate that cosine_decay_warmup ends at"),
  ]

  private static let trainingKeys: [ConfigurationKey] = [
    .init(
      "training.ema", \.training.ema, .fraction,
      "Decay of the moving average of the weights; 0 keeps none"),
    .init(
      "training.antithetic_sampling", \.training.antitheticSampling, .boolean,
      "Spread the times of a batch evenly over [0, 1]"),
    .init(
      "training.antithetic_offset", \.training.antitheticOffset, .choice(), when: isAntithetic,
      "Place each time at random within its part of [0, 1], or all at one and the same place"),
    .init(
      "training.importance_sampling", \.training.importanceSampling, .boolean,
      "Draw times by their loss weight, so that all losses weigh the same"),
    .init(
      "training.sampling_eps", \.training.samplingEps,
      .number(Double.leastNonzeroMagnitude..<1, "a number above 0 and below 1"),
      "Smallest time that is drawn"),
    .init(
      "training.change_of_variables", \.training.changeOfVariables, .boolean,
      decides: .identity,
      "Draw the logarithm of the masked share evenly, and let the network see it as the noise level"
    ),
    .init(
      "trainer.max_steps", \.trainer.maxSteps, .integer(1...1_000_000_000_000),
      decides: .numbersWithDecay, "Optimizer steps in the run"),
    .init(
      "trainer.gradient_clip_val", \.trainer.gradientClipVal, .nonnegative,
      "Largest global gradient norm; 0 does not clip"),
    .init(
      "trainer.val_check_interval", \.trainer.valCheckInterval, .integer(1...1_000_000_000_000),
      decides: .conduct,
      "Optimizer steps between validations"),
    .init(
      "trainer.accumulate_grad_batches", \.trainer.accumulateGradBatches,
      .integer(1...16_777_216), "Micro-batches in an optimizer step"),
    .init(
      "trainer.activation_checkpointing", \.trainer.activationCheckpointing, .boolean,
      "Keep the inputs of blocks only and compute them again, for less memory and a slower step"),
    .init(
      "trainer.limit_val_batches", \.trainer.limitValBatches,
      .optional(.integer(1...1_000_000_000)),
      "Batches of loader.global_batch_size rows that a validation reads; null reads all rows"),
    .init(
      "trainer.log_every_n_steps", \.trainer.logEveryNSteps, .integer(1...1_000_000_000_000),
      decides: .conduct, "Optimizer steps between lines in the metrics"),
    .init(
      "trainer.max_time", \.trainer.maxTime, .optional(.clock), decides: .conduct,
      "How long one process trains before it saves and stops; null sets no limit"),
    .init(
      "trainer.max_skipped_steps", \.trainer.maxSkippedSteps, .integer(0...1_000_000_000),
      decides: .conduct,
      "Steps in a row that are skipped for want of finite numbers before the run stops"),
  ]

  private static let outputKeys: [ConfigurationKey] = [
    .init(
      "sampling.predictor", \.sampling.predictor, .choice(), decides: .conduct,
      "How text is drawn, by the names of mdlm sample --predictor; where it is not said, as the "
        + "parameterization needs"),
    .init(
      "sampling.steps", \.sampling.steps, .integer(1...1_000_000_000), decides: .conduct,
      "Denoising steps from all masks to text"),
    .init(
      "sampling.noise_removal", \.sampling.noiseRemoval, .boolean, decides: .conduct,
      "Replace masks left after the last step by their likeliest tokens"),
    .init(
      "sampling.num_sample_log", \.sampling.numSampleLog, .integer(0...1000), decides: .conduct,
      "Samples drawn on the way, from the same seeds every time; 0 draws none"),
    .init(
      "sampling.log_every_n_steps", \.sampling.logEveryNSteps,
      .optional(.integer(1...1_000_000_000_000)), decides: .conduct, when: drawsSamples,
      "Optimizer steps between such samples; null draws them with every validation"),
    .init(
      "checkpointing.every_n_steps", \.checkpointing.everyNSteps,
      .integer(1...1_000_000_000_000), decides: .conduct, "Optimizer steps between checkpoints"),
    .init(
      "checkpointing.keep_last", \.checkpointing.keepLast, .integer(1...1_000_000_000),
      decides: .conduct, "Newest checkpoints to keep; the best one is kept besides"),
    .init(
      "checkpointing.keep_every_n_steps", \.checkpointing.keepEveryNSteps,
      .optional(.integer(1...1_000_000_000_000)), decides: .conduct,
      "Keep checkpoints of steps that this divides for good; null keeps none so"),
    .init(
      "seed", \.seed, .integer(0...UInt64.max), decides: .identity,
      "Seed of everything random in the run"),
  ]

  private static let splitsTrainingText = ConfigurationCondition(
    decidingKey: "data.valid", expected: "no fraction beside data.valid",
    holds: { $0.data.valid == nil })

  private static let joinsDocuments = ConfigurationCondition(
    decidingKey: "data.wrap", expected: "no such key unless wrap and insert_bos_eos are true",
    holds: { $0.data.wrap && $0.data.insertBOSEOS })

  private static let drawsSamples = ConfigurationCondition(
    decidingKey: "sampling.num_sample_log", expected: "no such key where no samples are drawn",
    holds: { $0.sampling.numSampleLog > 0 })

  private static let hasNoiseRange = ConfigurationCondition(
    decidingKey: "noise.type", expected: "no such key unless noise.type is linear or geometric",
    holds: { $0.noise.type.parameters.contains(.sigmaMin) })

  private static let isPolynomial = ConfigurationCondition(
    decidingKey: "noise.type", expected: "no such key unless noise.type is polynomial",
    holds: { $0.noise.type.parameters.contains(.degree) })

  private static let isD3PM = ConfigurationCondition(
    decidingKey: "parameterization", expected: "no such key unless parameterization is d3pm",
    holds: { $0.parameterization == .d3pm })

  private static let isAntithetic = ConfigurationCondition(
    decidingKey: "training.antithetic_sampling",
    expected: "no such key unless antithetic_sampling is true",
    holds: { $0.training.antitheticSampling })

  private static let decays = ConfigurationCondition(
    decidingKey: "lr_scheduler.name", expected: "no such key with constant_warmup",
    holds: { $0.lrScheduler.name == .cosineDecayWarmup })
}
