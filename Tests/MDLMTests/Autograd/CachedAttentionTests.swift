import Testing

@testable import MDLM

/// Attention over a cache, against attention to whole sequences.
struct CachedAttentionTests {
  private static let (layers, heads, size, capacity) = (2, 3, 4, 220)
  private static var width: Int { heads * size }
  private static let rotary = RotaryTable(length: capacity, headSize: size)

  /// A sequence: for each layer the rows of queries, keys and values, and what attention gives.
  private struct Sequence {
    let values: [[Float]]

    init(length: Int, seed: UInt64) {
      var random = SplitMix64(seed)
      values = (0..<layers).map { _ in random.floats(length * 3 * width, in: -2...2) }
    }

    func rows(_ range: Range<Int>, layer: Int) -> ArraySlice<Float> {
      values[layer][range.lowerBound * 3 * width..<range.upperBound * 3 * width]
    }

    func uncached(layer: Int, on device: Device) -> [Float] {
      let qkv = Tensor(
        values[layer], shape: [values[layer].count / (3 * width), 3 * width], on: device)
      return Tensor.attention(
        queries: ColumnSlice(qkv, chunk: 0, width: width),
        keys: ColumnSlice(qkv, chunk: 1, width: width),
        values: ColumnSlice(qkv, chunk: 2, width: width),
        selection: RowSelection(allOf: 1, length: qkv.rows), length: qkv.rows, heads: heads,
        rotary: rotary, pattern: .causal
      ).values
    }
  }

  /// Sequences that are given to attention piece by piece.
  private struct Walk {
    let sequences: [Sequence]
    let caches: [KeyValueCache]
    let device: Device
    /// What came out so far, sequence by sequence and layer by layer.
    var outputs: [[[Float]]]

    init(_ sequences: [Sequence], on device: Device) {
      self.sequences = sequences
      self.device = device
      caches = sequences.map { _ in
        KeyValueCache(
          layers: layers, capacity: capacity, heads: heads, headSize: size, on: device)
      }
      outputs = sequences.map { _ in Array(repeating: [], count: layers) }
    }

    /// Gives the next tokens of some sequences to every layer.
    mutating func append(_ tokens: Int, to chosen: [Int]) {
      for layer in 0..<layers {
        let rows = chosen.flatMap { index in
          let start = caches[index].count
          return sequences[index].rows(start..<start + tokens, layer: layer)
        }
        let qkv = Tensor(rows, shape: [chosen.count * tokens, 3 * width], on: device)
        let output = Tensor.cachedAttention(
          queries: ColumnSlice(qkv, chunk: 0, width: width),
          keys: ColumnSlice(qkv, chunk: 1, width: width),
          values: ColumnSlice(qkv, chunk: 2, width: width), caches: chosen.map { caches[$0] },
          layer: layer, heads: heads, rotary: rotary
        ).values
        let part = tokens * width
        for (place, index) in chosen.enumerated() {
          outputs[index][layer] += output[place * part..<(place + 1) * part]
        }
      }
      for index in chosen { caches[index].advance(by: tokens) }
    }
  }

  private static let pieces = [
    [1], [1, 1, 1, 1], [7], [5, 1, 1], [2, 2, 3], [1, 4, 16, 17], [33, 1, 31], [97, 2, 1, 100],
    [200, 1, 1],
  ]

  /// A few roundings apart: the products add in another order.
  @Test(arguments: pieces) func equalsAttentionToWholeSequences(pieces: [Int]) {
    let device = Device(threads: 2)
    let sequence = Sequence(length: pieces.reduce(0, +), seed: 11)
    var walk = Walk([sequence], on: device)
    for piece in pieces { walk.append(piece, to: [0]) }
    for layer in 0..<Self.layers {
      let expected = sequence.uncached(layer: layer, on: device).map(Double.init)
      #expect(relativeDeviation(walk.outputs[0][layer], expected) <= 1e-6)
    }
  }

  /// A sequence's numbers are those it has alone, and those of any number of threads.
  @Test(arguments: [1, 3]) func sequencesDoNotKnowOfEachOther(threads: Int) {
    let sequences = [(23, 1), (30, 2), (9, 3)].map { length, seed in
      Sequence(length: length, seed: UInt64(seed))
    }
    // Prompts of several lengths, then one or some tokens for those that are there.
    let steps: [(tokens: Int, sequences: [Int])] = [
      (18, [0]), (1, [1]), (4, [2]), (1, [0, 1]), (3, [0, 1, 2]), (1, [2, 0, 1]), (19, [1]),
      (1, [2]), (5, [1]),
    ]
    var together = Walk(sequences, on: Device(threads: threads))
    for step in steps { together.append(step.tokens, to: step.sequences) }
    let device = Device(threads: 2)
    for index in sequences.indices {
      var alone = Walk([sequences[index]], on: device)
      for step in steps where step.sequences.contains(index) { alone.append(step.tokens, to: [0]) }
      #expect(together.outputs[index] == alone.outputs[0])
      for layer in 0..<Self.layers {
        let expected = sequences[index].uncached(layer: layer, on: device).map(Double.init)
        #expect(relativeDeviation(together.outputs[index][layer], expected) <= 1e-6)
      }
    }
  }

  private static func attend(
    _ caches: [KeyValueCache], heads: Int = heads, positions: Int = capacity, on device: Device
  ) {
    let qkv = Tensor(repeating: 1, shape: [2, 3 * width], on: device)
    _ = Tensor.cachedAttention(
      queries: ColumnSlice(qkv, chunk: 0, width: width),
      keys: ColumnSlice(qkv, chunk: 1, width: width),
      values: ColumnSlice(qkv, chunk: 2, width: width), caches: caches, layer: 0, heads: heads,
      rotary: RotaryTable(length: positions, headSize: width / heads))
  }

  private static func cache(heads: Int = heads, on device: Device) -> KeyValueCache {
    KeyValueCache(
      layers: 1, capacity: capacity, heads: heads, headSize: width / heads, on: device)
  }

  private func expectMessage(_ text: String, in result: ExitTest.Result?) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains(text), "the process wrote '\(message)'")
  }

  @Test func cacheServesOneSequence() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let device = Device(threads: 1)
      let cache = Self.cache(on: device)
      Self.attend([cache, cache], on: device)
    }
    expectMessage("layer 0 stores new tokens where the cache must advance", in: result)
  }

  @Test func rowsAreSharedOutEvenly() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let device = Device(threads: 1)
      Self.attend((0..<3).map { _ in Self.cache(on: device) }, on: device)
    }
    expectMessage("queries [2, 36], keys [2, 36], values [2, 36] for 3 caches", in: result)
  }

  @Test func headsAreThoseOfTheCache() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let device = Device(threads: 1)
      Self.attend([Self.cache(heads: 2, on: device)], on: device)
    }
    expectMessage("a cache of 2 heads of 6 for 3 of 4", in: result)
  }

  @Test func everyPositionHasItsAngle() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let device = Device(threads: 1)
      Self.attend([Self.cache(on: device)], positions: 1, on: device)
    }
    expectMessage("angles for 1 positions, 2 tokens", in: result)
  }
}
