import Testing

@testable import MDLM

/// What comparing with an oracle to rounding does not show: hidden keys count for nothing at all.
struct CausalAttentionTests {
  private static let (heads, size) = (2, 6)
  private static var width: Int { heads * size }

  private struct Result {
    let output: [Float]
    let gradients: [[Float]]
  }

  /// The output and the gradients of queries and of keys and values together.
  private static func run(
    _ values: [Float], sequences: Int, length: Int, rows: [Int32]? = nil,
    _ pattern: AttentionPattern = .causal, threads: Int = 2
  ) -> Result {
    let device = Device(threads: threads)
    let all = RowSelection(allOf: sequences, length: length)
    let selection = rows.map { RowSelection($0, sequences: sequences, length: length) } ?? all
    let qkv = Tensor(values, shape: [sequences * length, 3 * width], on: device)
    let inputs = [
      qkv.gatheringRows(selection.rows).columns(0..<width),
      qkv.columns(width..<3 * width),
    ]
    let gradients = inputs.map { Tensor(repeating: 0, shape: $0.shape, on: device) }
    let leaves = inputs.indices.map {
      inputs[$0].variable(named: "\($0)", accumulator: gradients[$0])
    }
    let output = Tensor.attention(
      queries: ColumnSlice(leaves[0], chunk: 0, width: width),
      keys: ColumnSlice(leaves[1], chunk: 0, width: width),
      values: ColumnSlice(leaves[1], chunk: 1, width: width), selection: selection,
      length: length, heads: heads, rotary: RotaryTable(length: length, headSize: size),
      pattern: pattern)
    (output * output).sum().backward()
    return Result(output: output.values, gradients: gradients.map(\.values))
  }

  /// 70 queries make three blocks, so that keys are hidden beyond a block's bound and inside it.
  @Test(arguments: [1, 15, 16, 31, 32, 40, 69]) func laterTokensChangeNoBit(first: Int) {
    var random = SplitMix64(3)
    let length = 70
    let values = random.floats(length * 3 * Self.width)
    let changed =
      values.prefix(first * 3 * Self.width)
      + random.floats((length - first) * 3 * Self.width, in: -50...50)
    let before = Self.run(values, sequences: 1, length: length)
    let after = Self.run(Array(changed), sequences: 1, length: length)
    let kept = first * Self.width
    #expect(after.output.prefix(kept) == before.output.prefix(kept))
    #expect(after.output.dropFirst(kept).first != before.output.dropFirst(kept).first)
  }

  /// Keys after the last query, those of a sequence without queries among them.
  @Test(arguments: [[5], [0, 64], [20, 33, 40, 41]]) func unseenKeysHaveNoGradient(rows: [Int32]) {
    var random = SplitMix64(5)
    let (length, last) = (65, Int(rows.last ?? 0))
    let values = random.floats(2 * length * 3 * Self.width)
    let gradient = Self.run(values, sequences: 2, length: length, rows: rows).gradients[1]
    let unseen = gradient.dropFirst((last + 1) * 2 * Self.width)
    #expect(unseen.allSatisfy { $0 == 0 })
    #expect(gradient.dropFirst(last * 2 * Self.width).first != 0)
  }

  @Test(arguments: [AttentionPattern.full, .causal], [2, 3])
  func threadsDoNotChangeABit(pattern: AttentionPattern, threads: Int) {
    var random = SplitMix64(7)
    let (sequences, length) = (3, 50)
    let values = random.floats(sequences * length * 3 * Self.width)
    let rows = (0..<Int32(sequences * length)).filter { $0 % 3 != 1 }
    let one = Self.run(
      values, sequences: sequences, length: length, rows: rows, pattern, threads: 1)
    let several = Self.run(
      values, sequences: sequences, length: length, rows: rows, pattern, threads: threads)
    #expect(several.output == one.output)
    #expect(several.gradients == one.gradients)
  }
}

extension Tensor {
  /// A copy of some columns.
  fileprivate func columns(_ columns: Range<Int>) -> Tensor {
    let all = values
    let chosen = (0..<rows).flatMap { row in
      all[row * width + columns.lowerBound..<row * width + columns.upperBound]
    }
    return Tensor(chosen, shape: [rows, columns.count], on: device)
  }
}
