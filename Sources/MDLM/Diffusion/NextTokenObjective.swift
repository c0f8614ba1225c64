/// −log p of every token given those before it: the autoregressive baseline, exact and without noise.
///
/// The first token of a row is context only, so a row of L tokens has L − 1 losses.
public struct NextTokenObjective: Objective {
  public let maskID: Int32

  public init(maskID: Int32) { self.maskID = maskID }

  public func loss(
    of denoiser: some Denoiser, on batch: NoisedSequences, unpaddedLengths: [Int]?,
    normalizer: Double, _ pass: ForwardPass
  ) -> ObjectiveResult {
    let length = batch.length
    let scored = batch.clean.indices.filter { index in
      index % length > 0 && index % length < unpaddedLengths?[index / length] ?? length
        && batch.clean[index] != maskID
    }
    let losses = denoiser.losses(
      of: scored.map { batch.clean[$0] }, at: scored.map { $0 - 1 }, in: batch.clean,
      length: length, noiseLevels: batch.noiseLevels,
      weights: [Float](repeating: Float(1 / normalizer), count: scored.count),
      excluding: maskID, pass)
    return ObjectiveResult(
      losses.total, places: zip(scored, losses.losses).map { ($0, Double($1)) }, of: batch)
  }

  public func scoredTokens(of unpaddedLength: Int) -> Int { max(0, unpaddedLength - 1) }
}
