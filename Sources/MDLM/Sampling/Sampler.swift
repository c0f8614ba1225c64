/// Draws sequences from a masked diffusion model.
///
/// ```swift
/// let model = try MaskedDiffusionModel(path: "runs/quickstart", on: Device())
/// var settings = SamplerSettings(predictor: .ddpmCache, steps: 64, seed: 7)
/// settings.controls.temperature = 0.8
/// let template = SequenceTemplate([.fixed(try model.tokens(of: "In the beginning")), .free(100)])
/// for sample in try Sampler(model.diffusion, settings).sample(from: model.network, [template]) {
///   print(model.text(of: sample.tokens))
/// }
/// ```
///
/// A sample is a function of the model, its template, the settings with their seed, and its number: it
/// does not depend on how many threads there are, nor (but for rounding) on which others are drawn
/// beside it.
public struct Sampler: Sendable {
  public let diffusion: DiffusionSettings
  public var settings: SamplerSettings
  /// Sequences that are drawn side by side.
  public var batchSize: Int {
    didSet { Self.check(batchSize) }
  }
  /// Whether what the model said of each token is worked out for observers, at some cost for large
  /// vocabularies; without, beliefs are empty.
  public var describesReveals = true
  /// Numbers for the published draw in place of random ones, by sample.
  var publishedUniforms: (@Sendable (_ sample: Int) -> PublishedUniforms)?

  public init(
    _ diffusion: DiffusionSettings, _ settings: SamplerSettings = SamplerSettings(),
    batchSize: Int = 8
  ) {
    Self.check(batchSize)
    self.diffusion = diffusion
    self.settings = settings
    self.batchSize = batchSize
  }

  private static func check(_ batchSize: Int) {
    require(batchSize >= 1, "[Sampler] \(batchSize) sequences side by side")
  }

  /// Draws `count` sequences that are free everywhere.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - count: How many.
  ///   - length: Tokens in each; the network's length by default.
  ///   - observe: See ``sample(from:_:firstIndex:observe:)``.
  /// - Returns: The finished sequences.
  /// - Throws: ``InputError`` of category `usage`, as ``check(_:for:)`` does, and of category `badData`
  ///   for a network whose scores are no finite numbers.
  public func sample(
    from denoiser: some Denoiser, count: Int, length: Int? = nil,
    observe: ((SamplingEvent) -> Disposition)? = nil
  ) throws(InputError) -> [Sample] {
    let template = SequenceTemplate(length: length ?? denoiser.length)
    return try sample(
      from: denoiser, [SequenceTemplate](repeating: template, count: count), observe: observe)
  }

  /// Draws a sequence for every template.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - templates: What is fixed and what is free in each sequence.
  ///   - firstIndex: The number of the first sample.
  ///   - observe: Receives what happens as it does, on the calling thread, and may end the work.
  /// - Returns: The sequences in order; where `observe` ended the work, those that were finished.
  /// - Throws: ``InputError`` of category `usage`, as ``check(_:for:)`` does, and of category `badData`
  ///   for a network whose scores are no finite numbers.
  public func sample(
    from denoiser: some Denoiser, _ templates: [SequenceTemplate], firstIndex: Int = 0,
    observe: ((SamplingEvent) -> Disposition)? = nil
  ) throws(InputError) -> [Sample] {
    try check(templates, for: denoiser)
    let answers = NetworkAnswers(
      denoiser, diffusion, settings, describes: observe != nil && describesReveals)
    var finished: [Sample] = []
    var stopped = false
    func report(_ event: SamplingEvent) {
      if observe?(event) == .stop { stopped = true }
    }
    let jumps = settings.jumps(diffusion.schedule, diffusion.parameterization)
    var waiting = templates.enumerated().makeIterator()
    var walks: [SequenceWalk] = []
    while !stopped {
      while walks.count < batchSize, let (offset, template) = waiting.next() {
        let walk = walk(firstIndex + offset, template, denoiser, jumps)
        report(.began(walk.beginning))
        walks.append(walk)
      }
      var requests: [SequenceWalk.Request] = []
      var isDone = false
      for index in walks.indices {
        if let request = walks[index].advance(report) {
          requests.append(request)
        } else {
          finished.append(walks[index].sample)
          report(.finished(walks[index].sample))
          isDone = true
        }
      }
      if isDone { walks.removeAll(where: \.isFinished) }
      if walks.isEmpty {
        if finished.count == templates.count { break }
        continue
      }
      if !stopped { try answers.answer(&walks, requests, report) }
    }
    return finished.sorted { $0.index < $1.index }
  }

  /// Refuses settings and templates that contradict each other or the network.
  ///
  /// - Parameters:
  ///   - templates: What is to be drawn.
  ///   - denoiser: The network.
  /// - Throws: ``InputError`` of category `usage`.
  public func check(
    _ templates: [SequenceTemplate], for denoiser: some Denoiser
  ) throws(InputError) {
    try settings.check(diffusion.parameterization)
    for template in templates {
      try template.check(
        vocabularySize: denoiser.vocabularySize, maskID: diffusion.maskID,
        banned: settings.controls.banned)
      try settings.order.check(length: template.length, limit: denoiser.length)
      if diffusion.parameterization == .ar { try template.checkIsPrompt() }
    }
  }

  private func walk(
    _ index: Int, _ template: SequenceTemplate, _ denoiser: some Denoiser, _ jumps: [Jump]
  ) -> SequenceWalk {
    let draws = SampleDraws(seed: settings.seed, sample: index)
    let uniforms =
      publishedUniforms?(index)
      ?? PublishedUniforms(
        maskID: diffusion.maskID, vocabularySize: denoiser.vocabularySize, draws)
    let (schedule, conditionsOnTime) = (diffusion.schedule, denoiser.conditionsOnTime)
    let first = firstToken(of: template, draws, denoiser.vocabularySize)
    let (parameterization, vocabularySize) = (diffusion.parameterization, denoiser.vocabularySize)
    return SequenceWalk(
      index: index, template: template, settings, maskID: diffusion.maskID,
      limit: denoiser.length
    ) { positions in
      BlockStart(
        positions: positions, draws: draws, schedule: schedule,
        conditionsOnTime: conditionsOnTime, publishedUniforms: uniforms,
        vocabularySize: vocabularySize, parameterization: parameterization, firstToken: first,
        jumps: jumps)
    }
  }

  /// What an autoregressive sequence begins with: the token for that where the template allows it, or
  /// any token that may be drawn, all with the same probability.
  private func firstToken(
    of template: SequenceTemplate, _ draws: SampleDraws, _ vocabularySize: Int
  ) -> Int32 {
    let allowed = template.allowed[0]
    if let begin = settings.beginID, allowed?.contains(begin) ?? true { return begin }
    let tokens = (0..<Int32(vocabularySize)).filter {
      $0 != diffusion.maskID && !settings.controls.banned.contains($0)
        && allowed?.contains($0) ?? true
    }
    let uniform = draws.uniform(.tokens, position: 0)
    return tokens.isEmpty ? 0 : tokens[Int(uniform * Double(tokens.count))]
  }
}
