import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct RowLossesTests {
  /// One tile of the vocabulary and several, with the excluded token the likeliest.
  @Test(arguments: [5, 600]) func lowestIsThatOfTheLikeliestToken(vocabulary: Int) {
    let (rows, width, excluded) = (70, 6, 3)
    var random = SplitMix64(109)
    let device = Device(threads: 2)
    let input = Tensor(random.floats(rows * width), shape: [rows, width], on: device)
    let weight = Tensor(random.floats(vocabulary * width), shape: [vocabulary, width], on: device)
    var biases = random.floats(vocabulary)
    biases[excluded] = 20
    let bias = Tensor(biases, shape: [vocabulary], on: device)
    let losses = input.vocabularyLoss(
      weight: weight, bias: bias, targets: [Int32](repeating: 1, count: rows),
      rowWeights: [Float](repeating: 1, count: rows), excluding: excluded)
    let logits = input.linear(weight, bias: bias).values
    let expected = (0..<rows).map { row in
      let probabilities = SubstitutionParameterization(maskID: Int32(excluded)).probabilities(
        logits: logits[row * vocabulary..<(row + 1) * vocabulary])
      return -log(probabilities.reduce(0, max))
    }
    #expect(relativeDeviation(losses.lowest, expected) <= 1e-6)
    #expect(zip(losses.lowest, losses.losses).allSatisfy { $0 <= $1 })
  }
}
