@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What ``OperationTests`` checks.
enum OperationTable {
  static let elementwise: [Operation] = [
    Operation("+", [[3, 4], [3, 4]], { $0[0] + $0[1] }) { combined($0, [3, 4], +) },
    Operation("+", [[3, 4], [4]], { $0[0] + $0[1] }) { combined($0, [3, 4], +) },
    Operation("+", [[], [2, 3]], { $0[0] + $0[1] }) { combined($0, [2, 3], +) },
    Operation("-", [[3, 1], [1, 5]], { $0[0] - $0[1] }) { combined($0, [3, 5], -) },
    Operation("-", [[7], [2, 3, 7]], { $0[0] - $0[1] }) { combined($0, [2, 3, 7], -) },
    Operation("*", [[2, 1, 3], [4, 1]], { $0[0] * $0[1] }) { combined($0, [2, 4, 3], *) },
    Operation("*", [[1], [1]], { $0[0] * $0[1] }) { combined($0, [1], *) },
    Operation("x * x + x", [[5]], { $0[0] * $0[0] + $0[0] }) { $0[0].map { $0 * $0 + $0 } },
    Operation("scaled", [[3, 5]], { $0[0].scaled(by: -2.5) }) { $0[0].map { $0 * -2.5 } },
    Operation("sum", [[3, 5]], { $0[0].sum() }) { $0[0].sum() },
    Operation("silu", [[1]], { $0[0].silu() }) { $0[0].silu() },
    Operation("silu", [[3, 17]], { $0[0].scaled(by: 6).silu() }) { $0[0].map { 6 * $0 }.silu() },
  ]

  static let linear: [Operation] = [
    Operation("linear", [[3, 5], [7, 5]], { $0[0].linear($0[1]) }) { $0[0].linear($0[1]) },
    Operation("linear", [[2, 3, 4], [5, 4], [5]], { $0[0].linear($0[1], bias: $0[2]) }) {
      $0[0].linear($0[1], bias: $0[2])
    },
    Operation("linear", [[1, 1], [1, 1], [1]], { $0[0].linear($0[1], bias: $0[2]) }) {
      $0[0].linear($0[1], bias: $0[2])
    },
    Operation("linear gelu", [[5, 6], [9, 6]], { $0[0].linear($0[1], activation: .gelu) }) {
      $0[0].linear($0[1]).gelu()
    },
    Operation(
      "linear gelu", [[33, 3], [17, 3], [17]],
      { $0[0].linear($0[1], bias: $0[2], activation: .gelu) }
    ) { $0[0].linear($0[1], bias: $0[2]).gelu() },
  ]

  static let normalization: [Operation] = [
    Operation("layerNormalized", [[3, 8], [8]], { $0[0].layerNormalized(weight: $0[1]) }) {
      $0[0].normalized(weight: $0[1])
    },
    Operation("layerNormalized", [[1, 3], [3]], { $0[0].layerNormalized(weight: $0[1]) }) {
      $0[0].normalized(weight: $0[1])
    },
    modulated(width: 6, starts: [0, 5]),
    modulated(width: 17, starts: [0, 1, 4, 4, 9]),
    // Input, modulation and weight all lead back to one variable.
    Operation(
      "normalized, shared", [[2, 4], [4]],
      { inputs in
        let groups = RowGroups(starts: [0, 1, 2])
        let slice = ColumnSlice(inputs[0], chunk: 0, width: 4)
        return inputs[0].normalized(
          weight: inputs[1], modulation: Modulation(shift: slice, scale: slice, groups: groups))
      }
    ) { $0[0].normalized(weight: $0[1], shift: $0[0], scale: $0[0]) { $0 } },
  ]

  static let attention: [Operation] = [
    selfAttention(sequences: 2, length: 5, heads: 2, size: 4),
    selfAttention(sequences: 1, length: 1, heads: 1, size: 2),
    selfAttention(sequences: 3, length: 1, heads: 2, size: 2),
    selfAttention(sequences: 1, length: 7, heads: 1, size: 6),
    selfAttention(sequences: 1, length: 4, heads: 3, size: 2),
    attentionOfRows([1, 2, 9], sequences: 3, length: 4, heads: 2, size: 4),
    attentionOfRows([4], sequences: 1, length: 5, heads: 1, size: 2),
    attentionOfRows([], sequences: 2, length: 3, heads: 1, size: 2),
    selfAttention(sequences: 2, length: 5, heads: 2, size: 4, .causal),
    selfAttention(sequences: 3, length: 1, heads: 1, size: 2, .causal),
    // The second of two blocks of queries sees keys that the first does not.
    selfAttention(sequences: 1, length: 19, heads: 1, size: 2, .causal),
    attentionOfRows([1, 2, 9], sequences: 3, length: 4, heads: 2, size: 4, .causal),
    attentionOfRows([0], sequences: 1, length: 5, heads: 1, size: 2, .causal),
    attentionOfRows([4], sequences: 1, length: 5, heads: 1, size: 2, .causal),
    attentionOfRows([], sequences: 2, length: 3, heads: 1, size: 2, .causal),
  ]

  static let rows: [Operation] = [
    Operation("gatheringRows", [[4, 3]], { $0[0].gatheringRows([2, 0, 2, 3, 2]) }) {
      $0[0].gatheringRows([2, 0, 2, 3, 2])
    },
    Operation("gatheringRows, none", [[4, 3]], { $0[0].gatheringRows([]) }) {
      $0[0].gatheringRows([])
    },
    gatedLinear(rows: 3, inner: 5, width: 4),
    gatedLinear(rows: 1, inner: 1, width: 1, bias: false),
    checkpointed(rows: 3, width: 5),
    gated(width: 5, starts: [0, 3]),
    gated(width: 3, starts: [0, 2, 2, 3, 7]),
    dropout(rate: 0.4, rows: 3, width: 7),
  ]

  static let losses: [Operation] = [
    crossEntropy(rows: 5, width: 4, vocabulary: 7, excluded: 3),
    crossEntropy(rows: 1, width: 1, vocabulary: 2, excluded: nil),
    crossEntropy(rows: 3, width: 5, vocabulary: 17, excluded: 16),
    crossEntropy(rows: 2, width: 3, vocabulary: 5, excluded: 0),
    crossEntropy(rows: 0, width: 3, vocabulary: 5, excluded: 4),
    scoreEntropy(rows: 5, width: 4, vocabulary: 7, excluded: 3),
    absorbingStep(rows: 6, width: 4, vocabulary: 7, mask: 2, next: 0.25),
    absorbingStep(rows: 3, width: 3, vocabulary: 5, mask: 4, next: 0),
  ]

  static let large: [Operation] = [
    Operation("linear", [[257, 5], [70, 5], [70]], { $0[0].linear($0[1], bias: $0[2]) }) {
      $0[0].linear($0[1], bias: $0[2])
    },
    Operation(
      "linear gelu", [[300, 3], [33, 3], [33]],
      { $0[0].linear($0[1], bias: $0[2], activation: .gelu) }
    ) { $0[0].linear($0[1], bias: $0[2]).gelu() },
    modulated(width: 5, starts: [0, 257]),
    modulated(width: 19, starts: [0, 64, 65, 65, 200, 300]),
    gated(width: 7, starts: [0, 300]),
    gatedLinear(rows: 300, inner: 9, width: 33),
    gated(width: 3, starts: [0, 129, 130, 257]),
    selfAttention(sequences: 2, length: 40, heads: 2, size: 6),
    selfAttention(sequences: 1, length: 150, heads: 1, size: 8),
    attentionOfRows(
      (0..<110).map { $0 + $0 / 7 }, sequences: 1, length: 150, heads: 1, size: 8),
    selfAttention(sequences: 2, length: 32, heads: 2, size: 6, .causal),
    selfAttention(sequences: 1, length: 150, heads: 1, size: 8, .causal),
    selfAttention(sequences: 1, length: 193, heads: 1, size: 4, .causal),
    attentionOfRows(
      (0..<110).map { $0 + $0 / 7 }, sequences: 1, length: 150, heads: 1, size: 8, .causal),
    attentionOfRows(
      (0..<50).map { $0 * 2 }, sequences: 2, length: 130, heads: 1, size: 4, .causal),
    attentionOfRows(
      (0..<40).map { $0 + 110 }, sequences: 1, length: 150, heads: 1, size: 4, .causal),
    Operation("gatheringRows", [[3, 50]], { $0[0].gatheringRows(repeated(300, below: 3)) }) {
      $0[0].gatheringRows(repeated(300, below: 3))
    },
    dropout(rate: 0.1, rows: 257, width: 6),
    crossEntropy(rows: 257, width: 3, vocabulary: 11, excluded: 10),
    crossEntropy(rows: 9, width: 3, vocabulary: 300, excluded: 7),
    scoreEntropy(rows: 90, width: 3, vocabulary: 300, excluded: 7),
    absorbingStep(rows: 90, width: 3, vocabulary: 300, mask: 280, next: 0.4),
  ]
}

private func combined(
  _ inputs: [DoubleTensor], _ shape: [Int], _ f: (Double, Double) -> Double
) -> DoubleTensor {
  inputs[0].combined(with: inputs[1], shape: shape, f)
}

private func repeated(_ count: Int, below limit: Int) -> [Int32] {
  (0..<count).map { Int32($0 * $0 % limit) }
}

/// Which group a row is in; groups may be empty.
private func group(_ starts: [Int]) -> (Int) -> Int {
  { row in starts.dropFirst().filter { $0 <= row }.count }
}

/// Inputs: rows, weight, and one tensor whose columns hold the scale and then the shift.
private func modulated(width: Int, starts: [Int]) -> Operation {
  let groups = RowGroups(starts: starts)
  return Operation(
    "normalized, groups \(starts)", [[groups.rows, width], [width], [groups.count, 2 * width]],
    { inputs in
      inputs[0].normalized(
        weight: inputs[1],
        modulation: Modulation(
          shift: ColumnSlice(inputs[2], chunk: 1, width: width),
          scale: ColumnSlice(inputs[2], chunk: 0, width: width), groups: groups))
    }
  ) {
    $0[0].normalized(
      weight: $0[1], shift: $0[2].columns(chunk: 1, width: width),
      scale: $0[2].columns(chunk: 0, width: width), group: group(starts))
  }
}

/// Inputs: stream, branch, and a tensor with the gate in its middle columns.
private func gated(width: Int, starts: [Int]) -> Operation {
  let groups = RowGroups(starts: starts)
  let shape = [groups.rows, width]
  return Operation(
    "adding, groups \(starts)", [shape, shape, [groups.count, 3 * width]],
    { inputs in
      // A branch is another operation's result, which its pullback may rely on.
      inputs[0].adding(
        inputs[1].scaled(by: 1), gate: ColumnSlice(inputs[2], chunk: 1, width: width),
        groups: groups)
    }
  ) {
    $0[0].adding($0[1], gate: $0[2].columns(chunk: 1, width: width), group: group(starts))
  }
}

/// Inputs: stream, branch's input, weight, a tensor with the gate in its last columns, and a bias.
private func gatedLinear(rows: Int, inner: Int, width: Int, bias: Bool = true) -> Operation {
  let shapes = [[rows, width], [rows, inner], [width, inner], [1, 2 * width]]
  return Operation(
    "addingLinear", bias ? shapes + [[width]] : shapes,
    { inputs in
      inputs[0].addingLinear(
        inputs[1], inputs[2], bias: bias ? inputs[4] : nil,
        gate: ColumnSlice(inputs[3], chunk: 1, width: width))
    }
  ) {
    $0[0].adding(
      $0[1].linear($0[2], bias: bias ? $0[4] : nil), gate: $0[3].columns(chunk: 1, width: width)
    ) { _ in 0 }
  }
}

/// Inputs: two tensors; what lies between them and the result is computed twice.
private func checkpointed(rows: Int, width: Int) -> Operation {
  Operation(
    "checkpointed", [[rows, width], [width, width]],
    { inputs in
      // An input that is itself a result, and is used outside as well.
      let x = inputs[0].scaled(by: 2)
      return Tensor.checkpointed([x, inputs[1]]) { inputs, _ in
        inputs[0].linear(inputs[1], activation: .gelu).linear(inputs[1]) * inputs[0]
      } + x
    }
  ) { inputs in
    let x = inputs[0].map { 2 * $0 }
    let y = x.linear(inputs[1]).gelu().linear(inputs[1])
    return DoubleTensor(shape: x.shape) { y[$0, $1] * x[$0, $1] + x[$0, $1] }
  }
}

/// The definition of a pattern.
private func sees(_ pattern: AttentionPattern) -> (_ query: Int, _ key: Int) -> Bool {
  switch pattern {
  case .full: { _, _ in true }
  case .causal: { query, key in key <= query }
  }
}

/// Inputs: one tensor of queries, keys and values; every row asks.
private func selfAttention(
  sequences: Int, length: Int, heads: Int, size: Int, _ pattern: AttentionPattern = .full
) -> Operation {
  // A table longer than the sequences, as when a network is given shorter ones.
  let rotary = RotaryTable(length: length + 3, headSize: size)
  let width = heads * size
  return Operation(
    "\(pattern) attention, \(heads) heads", [[sequences * length, 3 * width]],
    { inputs in
      // Larger scores than random inputs give.
      let qkv = inputs[0].scaled(by: 2)
      return Tensor.attention(
        queries: ColumnSlice(qkv, chunk: 0, width: width),
        keys: ColumnSlice(qkv, chunk: 1, width: width),
        values: ColumnSlice(qkv, chunk: 2, width: width),
        selection: RowSelection(allOf: sequences, length: length), length: length, heads: heads,
        rotary: rotary, pattern: pattern)
    }
  ) { $0[0].map { 2 * $0 }.selfAttention(length: length, heads: heads, sees: sees(pattern)) }
}

/// Inputs: queries of some rows, keys and values of all.
private func attentionOfRows(
  _ rows: [Int32], sequences: Int, length: Int, heads: Int, size: Int,
  _ pattern: AttentionPattern = .full
) -> Operation {
  let rotary = RotaryTable(length: length, headSize: size)
  let width = heads * size
  return Operation(
    "\(pattern) attention of rows \(rows)",
    [[rows.count, width], [sequences * length, 2 * width]],
    { inputs in
      let (queries, keysValues) = (inputs[0].scaled(by: 2), inputs[1].scaled(by: 2))
      return Tensor.attention(
        queries: ColumnSlice(queries, chunk: 0, width: width),
        keys: ColumnSlice(keysValues, chunk: 0, width: width),
        values: ColumnSlice(keysValues, chunk: 1, width: width),
        selection: RowSelection(rows, sequences: sequences, length: length), length: length,
        heads: heads, rotary: rotary, pattern: pattern)
    }
  ) { inputs in
    let qkv = DoubleTensor(shape: [sequences * length, 3 * width]) { row, column in
      guard column < width else { return 2 * inputs[1][row, column - width] }
      return rows.firstIndex(of: Int32(row)).map { 2 * inputs[0][$0, column] } ?? 0
    }
    return qkv.selfAttention(length: length, heads: heads, sees: sees(pattern))
      .gatheringRows(rows)
  }
}

private func dropout(rate: Double, rows: Int, width: Int) -> Operation {
  let key = RandomKey(seed: 0x1234_5678_9ABC_DEF0, stream: .attentionDropout, step: 5)
  let addresses = (0..<UInt32(rows)).map { 5000 - 3 * $0 }
  return Operation(
    "dropout", [[rows, width]], { $0[0].dropout(rate, key: key, addresses: addresses) }
  ) { inputs in
    DoubleTensor(shape: [rows, width]) { row, column in
      let words = philox(
        SIMD4(UInt32(column / 4), addresses[row], key.step, key.stream.rawValue),
        key: key.words)
      let isDropped = Double(words[column % 4]) * 0x1p-32 < rate
      return isDropped ? 0 : inputs[0][row, column] / (1 - rate)
    }
  }
}

/// Inputs: features, weight and bias; some rows weigh nothing.
///
/// The oracle gives the loss of one row of logits; the token `excluded` is never the answer, and neither
/// is `mask`, which has a probability all the same.
private func vocabularyLoss(
  _ name: String, rows: Int, width: Int, vocabulary: Int, _ loss: any LogitLoss,
  excluded: Int?, mask: Int? = nil,
  _ oracle: @escaping @Sendable (_ logits: [Double], _ target: Int) -> Double
) -> Operation {
  let targets: [Int32] = (0..<rows).map { row in
    let token = row * 5 % vocabulary
    return Int32(token == excluded ?? mask ? (token + 1) % vocabulary : token)
  }
  let weights: [Float] = (0..<rows).map { row in
    row % 3 == 1 ? 0 : Float(row % 7 + 1) / 4
  }
  return Operation(
    name, [[rows, width], [vocabulary, width], [vocabulary]],
    { inputs in
      inputs[0].vocabularyLoss(
        weight: inputs[1], bias: inputs[2], targets: targets, rowWeights: weights,
        excluding: excluded, loss
      ).total
    }
  ) { inputs in
    let logits = inputs[0].linear(inputs[1], bias: inputs[2])
    let total = (0..<rows).reduce(0.0) { sum, row in
      let target = Int(targets[row])
      return sum
        + Double(weights[row]) * oracle((0..<vocabulary).map { logits[row, $0] }, target)
    }
    return DoubleTensor(shape: [], values: [total])
  }
}

private func crossEntropy(rows: Int, width: Int, vocabulary: Int, excluded: Int?) -> Operation {
  vocabularyLoss(
    "crossEntropy, excluding \(excluded.map(String.init) ?? "none")", rows: rows, width: width,
    vocabulary: vocabulary, CrossEntropyLoss(), excluded: excluded
  ) { logits, target in
    log(logits.enumerated().reduce(0) { $1.offset == excluded ? $0 : $0 + exp($1.element) })
      - logits[target]
  }
}

/// From scores, as SEDD defines it: Σ e^s − r s + r (log r − 1), over r.
private func scoreEntropy(rows: Int, width: Int, vocabulary: Int, excluded: Int) -> Operation {
  let (sigma, count) = (0.7, Double(vocabulary - 1))
  return vocabularyLoss(
    "score entropy", rows: rows, width: width, vocabulary: vocabulary,
    ScoreEntropyLoss(outcomes: vocabulary - 1), excluded: excluded
  ) { logits, target in
    let ratio = 1 / expm1(sigma)
    let scores = logits.map { $0 - log(expm1(sigma)) - log(count) }
    let sum = scores.enumerated().reduce(0) { $1.offset == excluded ? $0 : $0 + exp($1.element) }
    return (sum - ratio * scores[target] + ratio * (log(ratio) - 1)) / ratio
  }
}

/// As D3PM defines it, over what the cross-entropy counts in it.
private func absorbingStep(
  rows: Int, width: Int, vocabulary: Int, mask: Int, next: Double
) -> Operation {
  let now = 0.5
  return vocabularyLoss(
    "absorbing step to \(next)", rows: rows, width: width, vocabulary: vocabulary,
    AbsorbingStepLoss(
      maskID: mask,
      shares: [MaskedShares](repeating: MaskedShares(now: now, next: next), count: rows)),
    excluded: nil, mask: mask
  ) { logits, target in
    let logSum = log(logits.reduce(0) { $0 + exp($1) })
    let m = exp(logits[mask] - logSum)
    let first = log((1 - now) * m / now + 1)
    let reveal = (now - next) / now
    // The second posterior of a step to time 0 has no mask.
    let second = next > 0 ? first - log((1 - next) * m / next + 1) : 0
    return (reveal * (first + logSum - logits[target]) + (1 - reveal) * second) / reveal
  }
}
