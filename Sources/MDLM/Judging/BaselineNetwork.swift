/// An autoregressive network of this package as a judge: the baseline that diffusion is compared with.
struct BaselineNetwork: AutoregressiveNetwork {
  let network: any Network
  /// A token that it never predicts.
  let maskID: Int32

  var vocabularySize: Int { network.vocabularySize }
  var contextLength: Int { network.length }

  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float] {
    // The mask has no probability at all.
    let possible = places.filter { tokens[Int($0)] != maskID }
    if possible.isEmpty { return places.map { _ in .infinity } }
    var losses = network.losses(
      of: possible.map { tokens[Int($0)] }, at: possible.map { Int($0) - 1 }, in: tokens,
      length: length, noiseLevels: [Float](repeating: 0, count: tokens.count / length),
      weights: [Float](repeating: 1, count: possible.count), excluding: maskID, .inference
    ).losses[...]
    return places.map {
      tokens[Int($0)] == maskID ? .infinity : losses.popFirst() ?? .infinity
    }
  }
}
