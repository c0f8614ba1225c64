#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Sequences that are being revealed.
struct SamplingCanvas {
  private(set) var tokens: [Int32]
  private(set) var networkCalls: [Int]
  let length: Int
  let maskID: Int32

  /// `count` sequences of masks.
  init(count: Int, length: Int, maskID: Int32) {
    tokens = [Int32](repeating: maskID, count: count * length)
    networkCalls = [Int](repeating: 0, count: count)
    self.length = length
    self.maskID = maskID
  }

  /// The places of all masks, in ascending order; a place is sequence · length + position.
  var maskedPlaces: [Int] { tokens.indices.filter { tokens[$0] == maskID } }

  var samples: [Sample] {
    networkCalls.indices.map { sequence in
      Sample(
        index: sequence,
        tokens: Array(tokens[sequence * length..<(sequence + 1) * length]),
        networkCalls: networkCalls[sequence])
    }
  }

  /// How a token is chosen from the model's probabilities.
  enum Choice {
    /// At random, addressed by the sample's number (from `firstRow`) and the position.
    case draw(RandomKey, firstRow: Int)
    case likeliest
  }

  /// Replaces the masks at `places` (ascending) by tokens of the model, in one call.
  mutating func reveal(
    _ places: [Int], _ denoiser: some Denoiser, _ predictor: Predictor, noiseLevel: Double,
    choice: Choice
  ) {
    let active = activeSequences(places, predictor)
    guard !active.isEmpty else { return }
    var batchIndex = 0
    let rows = places.map { place -> Int32 in
      while active[batchIndex] != place / length { batchIndex += 1 }
      return Int32(batchIndex * length + place % length)
    }
    for sequence in active { networkCalls[sequence] += 1 }
    let features = denoiser.features(
      active.flatMap { tokens[$0 * length..<($0 + 1) * length] }, length: length,
      noiseLevels: active.map { _ in Float(noiseLevel) }, .inference)
    let chosen = features.rows.device.during(.head) {
      denoiser.head(features, rows: rows, .inference).choose(excluding: maskID) { row, logits in
        switch choice {
        case .likeliest: logits.likeliest(excluding: maskID)
        case .draw(let key, let firstRow):
          logits.draw(
            uniform: key.uniform(
              row: firstRow + places[row] / length, position: places[row] % length),
            excluding: maskID)
        }
      }
    }
    for (place, token) in zip(places, chosen) { tokens[place] = token }
  }

  /// The sequences that the network is called for.
  ///
  /// One that reveals nothing needs no call: its next call will see the same tokens.
  private func activeSequences(_ places: [Int], _ predictor: Predictor) -> [Int] {
    switch predictor {
    case .ddpm: return Array(networkCalls.indices)
    case .ddpmCache:
      var active: [Int] = []
      for place in places where active.last != place / length { active.append(place / length) }
      return active
    }
  }
}

extension OutputHead {
  /// Chooses a token for every row from its logits, a block of rows at a time.
  fileprivate func choose(
    excluding maskID: Int32, _ choose: (Int, UnsafeBufferPointer<Float>) -> Int32
  ) -> [Int32] {
    let (rows, vocabulary, device) = (input.rows, weight.rows, input.device)
    var result = [Int32](repeating: 0, count: rows)
    let blockSize = max(16, min(1024, (8 << 20) / vocabulary))
    for start in stride(from: 0, to: rows, by: blockSize) {
      let block = start..<min(start + blockSize, rows)
      let part = Tensor(
        shape: [block.count, input.width],
        storage: Storage(
          input.storage, offset: start * input.width, count: block.count * input.width))
      let logits = OutputHead(input: part, weight: weight, bias: bias).logits()
      result.withUnsafeMutableBufferPointer { result in
        device.workers.forEach(block.count) { row in
          result[start + row] = choose(
            start + row,
            UnsafeBufferPointer(start: logits.pointer + row * vocabulary, count: vocabulary))
        }
      }
    }
    return result
  }
}

extension UnsafeBufferPointer<Float> {
  /// The index of the largest value, the first of equal ones, other than `excluded`.
  func likeliest(excluding excluded: Int32) -> Int32 {
    var best = excluded == 0 ? 1 : 0
    for index in indices where index != excluded && self[index] > self[best] { best = index }
    return Int32(best)
  }

  /// The token at `uniform` of the cumulative softmax, in double precision.
  func draw(uniform: Double, excluding excluded: Int32) -> Int32 {
    let largest = Double(self[Int(likeliest(excluding: excluded))])
    var weights = [Double](repeating: 0, count: count)
    var sum = 0.0
    for index in indices where index != excluded {
      weights[index] = exp(Double(self[index]) - largest)
      sum += weights[index]
    }
    var rest = uniform * sum
    var last: Int32 = 0
    for index in indices where weights[index] > 0 {
      last = Int32(index)
      rest -= weights[index]
      if rest < 0 { break }
    }
    return last
  }
}
