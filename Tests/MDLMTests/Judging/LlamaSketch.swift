import Foundation

@testable import MDLM

/// A small llama2.c network of random weights, as a file and as an oracle.
struct LlamaSketch {
  var sizes: [Int32] = [12, 20, 2, 6, 3, 300, 16]
  var isTied = true
  var weights: [(name: String, shape: [Int], values: [Float])] = []

  init(isTied: Bool = true, heads: Int32 = 6, keyHeads: Int32 = 3, seed: UInt64 = 5) {
    self.isTied = isTied
    (sizes[3], sizes[4]) = (heads, keyHeads)
    let (d, inner, layers) = (Int(sizes[0]), Int(sizes[1]), Int(sizes[2]))
    let keyWidth = d / Int(heads) * Int(keyHeads)
    var random = SplitMix64(seed)
    func add(_ name: String, _ count: Int, _ shape: [Int]) {
      for layer in 0..<count {
        let center: Float = name.hasPrefix("norm") ? 1 : 0
        let values = (0..<shape.reduce(1, *)).map { _ in
          Float.random(in: center - 0.5...center + 0.5, using: &random)
        }
        weights.append(("\(name)\(layer)", shape, values))
      }
    }
    add("embedding", 1, [Int(sizes[5]), d])
    add("normA", layers, [d])
    add("q", layers, [d, d])
    add("k", layers, [keyWidth, d])
    add("v", layers, [keyWidth, d])
    add("o", layers, [d, d])
    add("normF", layers, [d])
    add("w1", layers, [inner, d])
    add("w2", layers, [d, inner])
    add("w3", layers, [inner, d])
    add("normZ", 1, [d])
    add("angles", 1, [Int(sizes[6]) * d / Int(heads)])
    if !isTied { add("classifier", 1, [Int(sizes[5]), d]) }
  }

  /// The bytes of the checkpoint.
  var file: [UInt8] {
    var sizes = sizes
    if !isTied { sizes[5] = -sizes[5] }
    let floats = weights.flatMap(\.values).map(\.bitPattern)
    return (sizes.map { UInt32(bitPattern: $0) } + floats).flatMap(littleEndian)
  }

  /// A vocabulary for it: 259 reserved tokens, the space, letters and a few of their pairs.
  static var tokenizer: [UInt8] {
    var texts = ["<unk>", "<s>", "</s>"] + (0..<256).map { "<0x\($0)>" }
    texts += [" "] + "abcdefghijklmnopqrstuvwxyz".map(String.init)
    texts += ["é", " a", "ab", "bc", "abc", " ab", "cd", "de", "xx", "xy", "ef", "fg", "gh", "hi"]
    return littleEndian(12)
      + texts.enumerated().flatMap { id, text in
        littleEndian(Float(-id).bitPattern) + littleEndian(UInt32(text.utf8.count)) + text.utf8
      }
  }

  /// −log p of every token but the first.
  func negativeLogLikelihoods(_ tokens: [Int32]) -> [Double] {
    let named = Dictionary(
      uniqueKeysWithValues: weights.map {
        ($0.name, DoubleTensor(shape: $0.shape, values: $0.values.map(Double.init)))
      })
    func weight(_ name: String) -> DoubleTensor {
      guard let value = named[name] else { fatalError("[LlamaSketch] no \(name)") }
      return value
    }
    let (heads, keyHeads) = (Int(sizes[3]), Int(sizes[4]))
    let size = Int(sizes[0]) / heads
    var x = weight("embedding0").gatheringRows(tokens)
    for layer in 0..<Int(sizes[2]) {
      let input = x.rootMeanSquareNormalized(weight: weight("normA\(layer)"))
      let q = input.linear(weight("q\(layer)")).turnedInPairs(size: size)
      let k = input.linear(weight("k\(layer)")).turnedInPairs(size: size)
      let gathered = q.attending(
        keys: k, values: input.linear(weight("v\(layer)")), heads: heads, keyHeads: keyHeads)
      x = x.adding(gathered.linear(weight("o\(layer)")))
      let middle = x.rootMeanSquareNormalized(weight: weight("normF\(layer)"))
      let gated = middle.linear(weight("w1\(layer)")).silu()
        .times(middle.linear(weight("w3\(layer)")))
      x = x.adding(gated.linear(weight("w2\(layer)")))
    }
    let last = x.rootMeanSquareNormalized(weight: weight("normZ0"))
    let logits = last.linear(weight(isTied ? "embedding0" : "classifier0"))
    return Array(
      logits.crossEntropies(targets: tokens.dropFirst() + [0], excluded: nil).dropLast())
  }
}

private func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
