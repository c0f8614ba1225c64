import CVectorKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax and cross-entropy against their definitions in double precision.
struct LossKernelTests {
  private let rows = 3

  /// Scores up to ±10,000, where eˣ alone would overflow.
  ///
  /// Arguments of size 100 are rounded by 6e-6 before the exponential, but only where
  /// probabilities are e⁻¹⁰⁰; near the largest score they are exact. A sum of 1,000 terms, one after
  /// another as in a debug build, errs by √1000 · 6e-8.
  @Test(arguments: kernelSizes, [Float(1), 1000]) func softmax(width: Int, size: Float) {
    var random = SplitMix64(UInt64(width))
    let scores = random.floats(rows * width, in: -10 * size...10 * size)
    let scale = Float(0.125)
    var values = scores
    var (inverse, logSum) = ([Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3))
    mdlm_softmax_scores(&values, scale, &inverse, &logSum, rows, width)
    var again = scores
    mdlm_probabilities(&again, scale, logSum, rows, width)
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let (expected, expectedLogSum) = probabilities(
        scores[range].map { Double($0) * Double(scale) })
      let found = values[range].map { $0 * inverse[row] }
      #expect(relativeDeviation(found, expected) <= 2e-6)
      #expect(abs(Double(logSum[row]) - expectedLogSum) <= 2e-7 * max(abs(expectedLogSum), 1))
      // Made again from a log-sum of size s, probabilities carry its rounding: s · 6e-8, twice.
      let tolerance = 2e-6 + abs(expectedLogSum) * 1.3e-7
      #expect(relativeDeviation(Array(again[range]), expected) <= tolerance)
    }
  }

  private func probabilities(_ scores: [Double]) -> (values: [Double], logSum: Double) {
    let largest = scores.reduce(-.infinity, max)
    let sum = scores.reduce(0) { $0 + exp($1 - largest) }
    return (scores.map { exp($0 - largest) / sum }, largest + log(sum))
  }

  private struct CrossEntropyInput {
    let logits: [Float]
    let bias: [Float]
    let targets: [Int32]
    let excluded: Int

    /// The oracle's logits.
    func biased(width: Int) -> DoubleTensor {
      DoubleTensor(shape: [logits.count / width, width]) {
        Double(logits[$0 * width + $1] + bias[$1])
      }
    }
  }

  private func input(width: Int, size: Float) -> CrossEntropyInput {
    var random = SplitMix64(UInt64(width))
    // The excluded column scores highest, so that counting it would show.
    let excluded = width > 1 ? width / 2 : -1
    var logits = random.floats(rows * width, in: -size...size)
    if excluded >= 0 { for row in 0..<rows { logits[row * width + excluded] = 2 * size } }
    let targets = (0..<rows).map { row -> Int32 in
      let target = row * 7 % width
      return Int32(target == excluded ? (target + 1) % width : target)
    }
    return CrossEntropyInput(
      logits: logits, bias: random.floats(width), targets: targets, excluded: excluded)
  }

  /// One tile's exponentials and what it says of every row.
  private struct Tile {
    let columns: Range<Int>
    var exponentials: [Float]
    var largest = [Float](repeating: 0, count: 3)
    var sum = [Float](repeating: 0, count: 3)
  }

  /// Rows in tiles of `size` columns, and the logits of their targets.
  private func tiles(
    _ input: CrossEntropyInput, width: Int, size: Int
  ) -> (tiles: [Tile], targets: [Float]) {
    var targets = [Float](repeating: .nan, count: rows)
    let tiles = stride(from: 0, to: width, by: size).map { first -> Tile in
      let columns = first..<min(first + size, width)
      var tile = Tile(
        columns: columns,
        exponentials: (0..<rows).flatMap { row in
          columns.map { input.logits[row * width + $0] }
        })
      mdlm_softmax_tile(
        &tile.exponentials, Array(input.bias[columns]), input.targets, input.excluded, -1, first,
        &tile.largest, &tile.sum, &targets, nil, rows, columns.count)
      return tile
    }
    return (tiles, targets)
  }

  private func logSums(_ tiles: [Tile]) -> [Double] {
    (0..<rows).map { row in
      let largest = tiles.map { Double($0.largest[row]) }.reduce(-.infinity, max)
      return largest
        + log(
          tiles.reduce(0) { $0 + Double($1.sum[row]) * exp(Double($1.largest[row]) - largest) })
    }
  }

  /// One tile, two and many.
  @Test(arguments: kernelSizes, [1, 5, 1000]) func crossEntropy(width: Int, size: Int) {
    for scale in [Float(3), 300] {
      let input = input(width: width, size: scale)
      let (tiles, targets) = tiles(input, width: width, size: size)
      let nll = zip(logSums(tiles), targets).map { Float($0 - Double($1)) }
      let expected = input.biased(width: width).crossEntropies(
        targets: input.targets, excluded: input.excluded)
      #expect(relativeDeviation(nll, expected) <= 5e-7)
    }
  }

  @Test(arguments: kernelSizes, [1, 5, 1000]) func crossEntropyGradient(width: Int, size: Int) {
    let input = input(width: width, size: 3)
    let weights: [Float] = [0.5, 0, 2]
    let (tiles, _) = tiles(input, width: width, size: size)
    let logSums = logSums(tiles).map(Float.init)
    let biased = input.biased(width: width)
    for var tile in tiles {
      var sums = [Float](repeating: 1, count: tile.columns.count)
      mdlm_logit_gradient(
        &tile.exponentials, tile.largest, logSums, weights, weights, nil, input.targets, -1,
        tile.columns.lowerBound, &sums, rows, tile.columns.count)
      let expected = (0..<rows).flatMap { row -> [Double] in
        let exponentials = (0..<width).map { $0 == input.excluded ? 0 : exp(biased[row, $0]) }
        let sum = exponentials.reduce(0, +)
        return tile.columns.map { column in
          let target = Int(input.targets[row]) == column ? 1.0 : 0
          return Double(weights[row]) * (exponentials[column] / sum - target)
        }
      }
      #expect(relativeDeviation(tile.exponentials.map { $0 + 1 }, expected.map { $0 + 1 }) <= 5e-7)
      for (index, column) in tile.columns.enumerated() {
        let gradients = (0..<rows).map { tile.exponentials[$0 * tile.columns.count + index] }
        #expect(abs(sums[index] - 1 - gradients.reduce(0, +)) <= 1e-6)
        if column == input.excluded { #expect(gradients.allSatisfy { $0 == 0 }) }
        #expect(gradients[1] == 0)
      }
    }
  }
}
