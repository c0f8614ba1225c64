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

  @Test(arguments: kernelSizes, [Float(3), 300]) func crossEntropy(width: Int, size: Float) {
    let input = input(width: width, size: size)
    var (logits, nll) = (input.logits, [Float](repeating: 0, count: rows))
    mdlm_cross_entropy(
      &logits, input.bias, input.targets, nil, input.excluded, &nll, rows, width)
    let expected = input.biased(width: width).crossEntropies(
      targets: input.targets, excluded: input.excluded)
    #expect(relativeDeviation(nll, expected) <= 5e-7)
  }

  @Test(arguments: kernelSizes) func crossEntropyGradient(width: Int) {
    let input = input(width: width, size: 3)
    let weights: [Float] = [0.5, 0, 2]
    var (logits, nll) = (input.logits, [Float](repeating: 0, count: rows))
    mdlm_cross_entropy(
      &logits, input.bias, input.targets, weights, input.excluded, &nll, rows, width)
    let biased = input.biased(width: width)
    let expected = (0..<rows).flatMap { row -> [Double] in
      let exponentials = (0..<width).map { $0 == input.excluded ? 0 : exp(biased[row, $0]) }
      let sum = exponentials.reduce(0, +)
      return exponentials.enumerated().map { column, exponential in
        let target = Int(input.targets[row]) == column ? 1.0 : 0
        return Double(weights[row]) * (exponential / sum - target)
      }
    }
    #expect(relativeDeviation(logits.map { $0 + 1 }, expected.map { $0 + 1 }) <= 5e-7)
    if input.excluded >= 0 { #expect(logits[input.excluded] == 0) }
    #expect(logits[width..<2 * width].allSatisfy { $0 == 0 })
  }
}
