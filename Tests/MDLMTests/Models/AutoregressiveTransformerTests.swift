import Testing

@testable import MDLM

/// The autoregressive network against its definition in double precision.
struct AutoregressiveTransformerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var length = 5
    var blockCount = 2
    var headCount = 2

    static let all = [
      Case(testDescription: "plain"), Case(testDescription: "one block", blockCount: 1),
      Case(testDescription: "three blocks, one head", blockCount: 3, headCount: 1),
      Case(testDescription: "length 2", length: 2),
    ]

    var tokens: [Int32] { (0..<2 * length).map { Int32($0 * $0 % 6) } }

    var network: AutoregressiveTransformer {
      let network = AutoregressiveTransformer(
        NetworkConfiguration(
          vocabularySize: 7, length: length + 1, hiddenSize: 12, blockCount: blockCount,
          headCount: headCount, dropout: 0, backbone: .ar), on: Device(threads: 2),
        trainable: true)
      network.parameters.randomize(seed: 41)
      return network
    }

    func oracle(_ network: AutoregressiveTransformer, _ values: [DoubleTensor]) -> DoubleTensor {
      NetworkOracle(
        network.configuration, names: network.parameters.parameters.map(\.name), values: values
      ).logits(tokens, length: length, noiseLevels: [])
    }
  }

  private func logits(_ network: AutoregressiveTransformer, _ test: Case) -> [Float] {
    let features = network.features(
      test.tokens, length: test.length, noiseLevels: [0, 0], .inference)
    return network.head(features, rows: test.tokens.indices.map(Int32.init), .inference)
      .logits().values
  }

  @Test(arguments: Case.all) func logitsAgreeWithTheOracle(_ test: Case) {
    let network = test.network
    let expected = test.oracle(network, network.parameters.doubles)
    #expect(relativeDeviation(logits(network, test), expected.values) <= GradientCheck.tolerance)
  }

  /// The next-token loss and the gradient of every parameter, through the whole network.
  @Test(.releaseOnly, arguments: Case.all)
  func lossAndGradientsAgreeWithTheOracle(_ test: Case) {
    let network = test.network
    let batch = NoisedSequences(
      clean: test.tokens, noisy: test.tokens, length: test.length, draws: [.clean, .clean])
    let result = NextTokenObjective(maskID: 6).loss(
      of: network, on: batch, normalizer: 3, .deterministicTraining)
    result.loss.backward()
    let inputs = network.parameters.doubles
    func loss(_ values: [DoubleTensor]) -> Double {
      let logits = test.oracle(network, values)
      let rows = test.tokens.indices.filter { $0 % test.length < test.length - 1 }
      let targets = test.tokens.indices.map { test.tokens[min($0 + 1, test.tokens.count - 1)] }
      let nll = logits.crossEntropies(targets: targets, excluded: 6)
      return rows.reduce(0) { $0 + nll[$1] / 3 }
    }
    let expected = loss(inputs)
    #expect(abs(Double(result.loss.scalar) - expected) <= GradientCheck.tolerance * expected)
    var random = SplitMix64(43)
    for (index, parameter) in network.parameters.parameters.enumerated() {
      GradientCheck.compare(
        parameter.name, network.parameters.gradientValues[index], at: index, of: inputs,
        tolerance: 4 * GradientCheck.tolerance, random: &random, loss)
    }
  }

  /// Token by token and in pieces of other sizes, the cached network says what the whole one does.
  @Test(arguments: [[1, 1, 1, 1, 1], [5], [2, 3], [3, 1, 1]])
  func cachedAnswersAreThoseOfTheWhole(pieces: [Int]) {
    let test = Case.all[0]
    let network = test.network
    let whole = logits(network, test)
    let caches = [network.cache(), network.cache()]
    var end = 0
    for count in pieces {
      let pieces = [0, 5].map { $0 + end..<$0 + end + count }
      end += count
      let tokens = pieces.flatMap { Array(test.tokens[$0]) }
      let found = network.extending(caches, by: tokens).logits().values
      let expected = pieces.flatMap { piece -> [Double] in
        let row = piece.upperBound - 1
        return whole[row * 7..<(row + 1) * 7].map(Double.init)
      }
      #expect(relativeDeviation(found, expected) <= 2e-6)
    }
    #expect(caches.allSatisfy { $0.count == 5 })
  }
}
