/// The estimator that is stratified over the number k of masked positions (LLaDA, arXiv 2502.09992).
///
/// In continuous time and without truncation, the bound of a row of L positions is the mean of
/// L/k · Σ −log p(x_0 | x_t) over k uniform on 1 … L and masks of k positions. A replicate takes one
/// k in each quarter of that range, which is unbiased for any L: k = ⌊uL⌋ + 1 with u in the quarter.
///
/// Given k, the mask probability that masked so many has the distribution Beta(k, L − k + 1). Both
/// come of one set of uniform numbers, one for each position: the k smallest are masked, and the
/// largest of these is Beta(k, L − k + 1), independent of which positions they are.
struct MaskCountDraws: ReplicateDraws {
  /// Copies of a row in a replicate.
  static let strata = 4

  private let replicate: Replicate

  init(_ replicate: Replicate) { self.replicate = replicate }

  func count(unpaddedLength: Int) -> Int { Self.strata }

  func draw(_ index: Int, row: Int) -> MaskDraw {
    let length = replicate.length
    let counts = RandomKey(seed: replicate.seed, stream: .maskCounts, step: replicate.index)
    let place = (Double(index) + counts.uniform(row: row, position: index)) / Double(Self.strata)
    let count = min(Int(place * Double(length)) + 1, length)
    let key = RandomKey(
      seed: replicate.seed, stream: .maskRanks, step: replicate.index * Self.strata + index)
    let ranks = (0..<length).map { (number: key.uniform(row: row, position: $0), position: $0) }
      .sorted { $0 < $1 }.prefix(count)
    return MaskDraw(
      masked: ranks.map(\.position).sorted(),
      noiseLevel: replicate.diffusion.noiseLevel(maskProbability: ranks.last?.number ?? 1),
      weight: Double(length) / Double(count) / Double(Self.strata))
  }
}
