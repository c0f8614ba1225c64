import MDLM

extension Sample {
  func run(in context: CommandContext) throws {
    let model = try MaskedDiffusionModel(
      path: checkpoint, tokenizerPath: tokenizer, on: Device(threads: threads))
    let trained = try model.directory.runConfiguration()
    let length = length ?? model.network.length
    guard length <= model.network.length else {
      throw InputError(
        .usage, "--length", found: "\(length)",
        expected: "at most \(model.network.length), the model's length",
        remedy: "Lower it, or train a longer model")
    }
    let sampler = AncestralSampler(
      model.diffusion, predictor: predictor ?? trained?.sampling.predictor ?? .ddpmCache,
      steps: steps ?? trained?.sampling.steps ?? 128,
      removesNoise: trained?.sampling.noiseRemoval ?? true, seed: UInt64(seed))
    for start in stride(from: 0, to: count, by: batchSize) {
      let indices = start..<min(count, start + batchSize)
      let clock = ContinuousClock()
      let begin = clock.now
      let samples = sampler.sample(from: model.network, indices: indices, length: length) { _ in
        context.interruption.isRequested ? .stop : .proceed
      }
      try context.interruption.check()
      let seconds = (clock.now - begin) / .seconds(1) / Double(indices.count)
      for (index, sample) in zip(indices, samples ?? []) {
        try print(sample, of: model, index: index, seconds: seconds, in: context)
      }
    }
  }

  /// Several texts are kept apart by an empty line; `--json` keeps them apart for programs.
  private func print(
    _ sample: MDLM.Sample, of model: MaskedDiffusionModel, index: Int, seconds: Double,
    in context: CommandContext
  ) throws {
    if json {
      var fields: [String: JSONLine.Value] = [
        "tokens": .integers(sample.tokens), "nfe": .integer(sample.networkCalls),
        "seconds": .number(seconds),
      ]
      if model.tokenizer != nil { fields["text"] = .string(model.text(of: sample.tokens)) }
      try context.print(JSONLine(fields).text)
    } else {
      if index > 0 { try context.print("") }
      try context.print(model.text(of: sample.tokens))
    }
  }
}
