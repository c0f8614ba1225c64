/// The chain rule from left to right: −log p(x_i | x_0 … x_(i−1), masks from i on), for every i.
///
/// One copy of the row for each unpadded token; padding stays masked. With time conditioning the
/// network is told the σ of the masked share.
struct LeftToRightDraws: ReplicateDraws {
  private let replicate: Replicate

  init(_ replicate: Replicate) { self.replicate = replicate }

  func count(unpaddedLength: Int) -> Int { unpaddedLength }

  func draw(_ index: Int, row: Int) -> MaskDraw {
    let length = replicate.length
    return MaskDraw(
      masked: Array(index..<length),
      noiseLevel: replicate.diffusion.noiseLevel(
        maskProbability: Double(length - index) / Double(length)),
      weight: 1, scoresFirstOnly: true)
  }
}
