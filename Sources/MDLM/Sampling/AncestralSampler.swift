/// Draws sequences from a model by ancestral sampling (arXiv 2406.07524, section 4.2).
///
/// From all masks at t = 1, every step from t to s reveals each masked position with probability
/// (m(t) − m(s)) / m(t), m being the mask probability, and draws a revealed position's token from
/// p(x_0 | x_t). Both draws are made separately, in double precision, and first the positions: the
/// network need only be called for sequences that reveal something, its output layer for the
/// revealed rows.
/// That is the same distribution as the official one-stage draw over the vocabulary and the mask,
/// without the error of single-precision Gumbel noise (arXiv 2409.02908).
public struct AncestralSampler: Sendable {
  public let diffusion: DiffusionSettings
  public var predictor: Predictor
  /// Steps from t = 1 to ``lastTime``.
  public var steps: Int
  /// Whether masks left at the end are replaced by their likeliest tokens.
  public var removesNoise: Bool
  public var seed: UInt64

  /// Where the time grid ends, as in the official code.
  public static let lastTime = 1e-5

  public init(
    _ diffusion: DiffusionSettings, predictor: Predictor = .ddpmCache, steps: Int = 128,
    removesNoise: Bool = true, seed: UInt64 = 1
  ) {
    require(steps >= 1, "[AncestralSampler] \(steps) steps")
    self.diffusion = diffusion
    self.predictor = predictor
    self.steps = steps
    self.removesNoise = removesNoise
    self.seed = seed
  }

  /// Returns new sequences, or nil if `report` stopped the work.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - indices: The numbers of the samples: a sample is a function of the seed and its number, so
  ///     it does not depend on which others are drawn beside it.
  ///   - length: Tokens in a sequence, at most the network's length.
  ///   - report: Called after every step with the number of steps done.
  /// - Returns: One sequence for every index.
  public func sample(
    from denoiser: some Denoiser, indices: Range<Int>, length: Int,
    report: (Int) -> Disposition = { _ in .proceed }
  ) -> [Sample]? {
    var canvas = SamplingCanvas(
      count: indices.count, length: length, maskID: diffusion.maskID)
    for step in 0..<steps {
      let (time, next) = times(ofStep: step)
      let reveal = revealProbability(from: time, to: next)
      let draws = RandomKey(seed: seed, stream: .reveals, step: step)
      let revealed = canvas.maskedPlaces.filter { place in
        draws.uniform(row: indices.lowerBound + place / length, position: place % length) < reveal
      }
      canvas.reveal(
        revealed, denoiser, predictor, noiseLevel: diffusion.schedule.totalNoise(at: time),
        choice: .draw(
          RandomKey(seed: seed, stream: .tokens, step: step), firstRow: indices.lowerBound))
      if report(step + 1) == .stop { return nil }
    }
    if removesNoise {
      canvas.reveal(
        canvas.maskedPlaces, denoiser, .ddpmCache,
        noiseLevel: diffusion.schedule.totalNoise(at: Self.lastTime), choice: .likeliest)
    }
    return canvas.samples
  }

  /// The times that step `step` goes from and to, on an even grid from 1 down to ``lastTime``.
  func times(ofStep step: Int) -> (from: Double, to: Double) {
    let interval = (1 - Self.lastTime) / Double(steps)
    return (1 - Double(step) * interval, 1 - Double(step + 1) * interval)
  }

  /// The probability that a masked position is revealed between two times.
  func revealProbability(from time: Double, to next: Double) -> Double {
    let masked = diffusion.schedule.maskProbability(at: time)
    return (masked - diffusion.schedule.maskProbability(at: next)) / masked
  }
}

/// One generated sequence.
public struct Sample: Sendable, Equatable {
  /// The number of the sample.
  public let index: Int
  public let tokens: [Int32]
  /// How many calls of the network this sequence took part in.
  public let networkCalls: Int
}
