/// A network of the Llama family as llama2.c writes it: pre-norm with root mean squares, rotary
/// positions, grouped queries, SwiGLU.
struct LlamaNetwork: AutoregressiveNetwork {
  private struct Layer {
    let attentionNorm, query, key, value, output: Tensor
    let feedForwardNorm, gate, down, up: Tensor
  }

  let configuration: LlamaConfiguration
  private let embedding: Tensor
  private let layers: [Layer]
  private let finalNorm: Tensor
  private let classifier: Tensor
  private let heads: CausalHeads

  var vocabularySize: Int { configuration.vocabularySize }
  var contextLength: Int { configuration.contextLength }

  /// Reads the weights of `file`.
  ///
  /// - Throws: ``InputError`` for a file that cannot be read or has values that are not finite.
  init(_ file: consuming LlamaFile, on device: Device) throws(InputError) {
    let sizes = file.configuration
    let (d, inner, n) = (sizes.width, sizes.innerWidth, sizes.layers)
    embedding = try file.matrix(
      "the token embedding", shape: [sizes.vocabularySize, d], on: device)
    let attentionNorms = try file.matrices(n, "the attention norm", shape: [d], on: device)
    let queries = try file.matrices(n, "wq", shape: [d, d], on: device)
    let keys = try file.matrices(n, "wk", shape: [sizes.keyWidth, d], on: device)
    let values = try file.matrices(n, "wv", shape: [sizes.keyWidth, d], on: device)
    let outputs = try file.matrices(n, "wo", shape: [d, d], on: device)
    let feedForwardNorms = try file.matrices(n, "the feed-forward norm", shape: [d], on: device)
    let gates = try file.matrices(n, "w1", shape: [inner, d], on: device)
    let downs = try file.matrices(n, "w2", shape: [d, inner], on: device)
    let ups = try file.matrices(n, "w3", shape: [inner, d], on: device)
    finalNorm = try file.matrix("the final norm", shape: [d], on: device)
    file.skipAngles()
    classifier =
      sizes.hasClassifier
      ? try file.matrix("the classifier", shape: [sizes.vocabularySize, d], on: device)
      : embedding
    layers = (0..<n).map { index in
      Layer(
        attentionNorm: attentionNorms[index],
        query: queries[index].gatheringRows(sizes.halvesOfHeads(sizes.heads)),
        key: keys[index].gatheringRows(sizes.halvesOfHeads(sizes.keyHeads)),
        value: values[index], output: outputs[index], feedForwardNorm: feedForwardNorms[index],
        gate: gates[index], down: downs[index], up: ups[index])
    }
    heads = CausalHeads(
      heads: sizes.heads, keyHeads: sizes.keyHeads, headSize: sizes.headSize,
      rotary: RotaryTable(length: sizes.contextLength, headSize: sizes.headSize))
    configuration = sizes
  }

  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float] {
    let epsilon = LlamaConfiguration.epsilon
    var x = embedding.gatheringRows(tokens)
    for layer in layers {
      let input = x.rootMeanSquareNormalized(weight: layer.attentionNorm, epsilon: epsilon)
      func columns(_ weight: Tensor) -> ColumnSlice {
        ColumnSlice(input.linear(weight), columns: 0..<weight.rows)
      }
      let gathered = heads.attend(
        columns(layer.query), columns(layer.key), columns(layer.value), length: length)
      x = x.adding(gathered.linear(layer.output))
      let middle = x.rootMeanSquareNormalized(weight: layer.feedForwardNorm, epsilon: epsilon)
      let gated = middle.linear(layer.gate).swishGated(times: middle.linear(layer.up))
      x = x.adding(gated.linear(layer.down))
    }
    return x.gatheringRows(places.map { $0 - 1 })
      .rootMeanSquareNormalized(weight: finalNorm, epsilon: epsilon)
      .negativeLogLikelihoods(of: places.map { tokens[Int($0)] }, classifier: classifier)
  }
}

extension LlamaConfiguration {
  /// The rows of wq or wk in an order that brings rotary pairs into the two halves of a head.
  ///
  /// The file turns neighbours, the pair (2j, 2j + 1) of a head, and ``RotaryTable`` the pair
  /// (j, j + d/2). A product of query and key does not see in which order both have their columns.
  fileprivate func halvesOfHeads(_ heads: Int) -> [Int32] {
    (0..<heads).flatMap { head in
      (0..<headSize).map { column in
        let pair = column % (headSize / 2)
        return Int32(head * headSize + 2 * pair + (column < headSize / 2 ? 0 : 1))
      }
    }
  }
}

extension Tensor {
  /// Returns −log softmax(self · classifierᵀ) at the target of every row, in nats.
  ///
  /// - Parameters:
  ///   - targets: The right token of each row of this tensor, `[rows, width]`.
  ///   - classifier: `[vocabulary, width]`.
  /// - Returns: One value for each row.
  func negativeLogLikelihoods(of targets: [Int32], classifier: Tensor) -> [Float] {
    if targets.isEmpty { return [] }
    return vocabularyLoss(
      weight: classifier, bias: Tensor(repeating: 0, shape: [classifier.rows], on: device),
      targets: targets, rowWeights: [Float](repeating: 1, count: targets.count), excluding: nil
    ).losses
  }
}
