#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// SUBS: what turns a network's scores into p(x_0 | x_t) (arXiv 2406.07524, section 3.2.3).
///
/// Two facts about the true posterior are built in: the answer is never the mask (its probability is
/// zero), and a token that is visible is kept (carry-over). So only masked positions need the
/// network's scores.
///
/// This is the plain form, for checks and for use on single positions. Training and sampling have it
/// fused: ``MaskedDiffusionObjective`` into the loss, ``Sampler`` into the draw.
public struct SubstitutionParameterization: Sendable {
  public let maskID: Int32

  public init(maskID: Int32) { self.maskID = maskID }

  /// Returns the probabilities of every token at a masked position, in double precision.
  public func probabilities(logits: some Collection<Float>) -> [Double] {
    let largest = logits.enumerated().lazy.filter { $0.offset != maskID }.map(\.element).max() ?? 0
    var result = logits.map { exp(Double($0) - Double(largest)) }
    result[Int(maskID)] = 0
    let sum = result.reduce(0, +)
    return result.map { $0 / sum }
  }
}
