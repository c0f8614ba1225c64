import Testing

@testable import MDLM

/// A network, and sequences to run it on.
struct NetworkCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var length = 5
  var times = [0.9, 0.2, 0.5]
  var headCount = 2
  var hiddenSize = 8
  var blockCount = 2
  var timeConditioning = false
  /// Whether a position is masked.
  var isMasked: @Sendable (Int) -> Bool = { $0 % 3 != 0 }
  var unpaddedLengths: [Int]?

  static let all = [
    NetworkCase(testDescription: "plain"),
    NetworkCase(testDescription: "time conditioning", timeConditioning: true),
    NetworkCase(testDescription: "batch 1", times: [0.4], timeConditioning: true),
    NetworkCase(testDescription: "one block", blockCount: 1),
    NetworkCase(testDescription: "three blocks", blockCount: 3),
    NetworkCase(testDescription: "length 1", length: 1, timeConditioning: true),
    NetworkCase(testDescription: "one head", headCount: 1, hiddenSize: 6),
    NetworkCase(testDescription: "three heads, 18 wide", headCount: 3, hiddenSize: 18),
    NetworkCase(testDescription: "all masked", timeConditioning: true, isMasked: { _ in true }),
    NetworkCase(testDescription: "none masked", isMasked: { _ in false }),
    NetworkCase(
      testDescription: "one sequence unmasked", timeConditioning: true, isMasked: { $0 / 5 != 1 }),
    NetworkCase(testDescription: "padded", unpaddedLengths: [5, 2, 0]),
  ]

  var sizes: NetworkConfiguration {
    NetworkConfiguration(
      vocabularySize: 7, length: length + 1, hiddenSize: hiddenSize, blockCount: blockCount,
      headCount: headCount, conditioningSize: 6, dropout: 0, timeConditioning: timeConditioning)
  }

  var settings: DiffusionSettings { DiffusionSettings(maskID: 4) }

  var batch: NoisedSequences {
    let clean = (0..<times.count * length).map { index -> Int32 in
      let token = Int32(index * index % 7)
      return token == settings.maskID ? 6 : token
    }
    let noisy = clean.enumerated().map { isMasked($0) ? settings.maskID : $1 }
    return NoisedSequences(
      clean: clean, noisy: noisy, length: length,
      draws: times.map(settings.timeDraw(at:)))
  }

  func network(on device: Device = Device(threads: 2)) -> DiffusionTransformer {
    let network = DiffusionTransformer(sizes, on: device, trainable: true)
    network.parameters.randomize(seed: 23)
    return network
  }

  var noiseLevels: [Double] { times.map(settings.schedule.totalNoise(at:)) }
}

struct DiffusionTransformerTests {
  @Test(arguments: NetworkCase.all) func logitsAgreeWithTheOracle(_ test: NetworkCase) {
    let network = test.network()
    let tokens = test.batch.noisy
    let features = network.features(
      tokens, length: test.length, noiseLevels: test.noiseLevels.map(Float.init), .inference)
    let rows = tokens.indices.map(Int32.init)
    let logits = network.head(features, rows: rows, .inference).logits()
    let oracle = NetworkOracle(
      test.sizes, names: network.parameters.parameters.map(\.name),
      values: network.parameters.doubles)
    let expected = oracle.logits(tokens, length: test.length, noiseLevels: test.noiseLevels)
    #expect(relativeDeviation(logits.values, expected.values) <= GradientCheck.tolerance)
  }

  /// The masked loss and the gradient of every parameter, through the whole network.
  @Test(.releaseOnly, arguments: NetworkCase.all)
  func lossAndGradientsAgreeWithTheOracle(_ test: NetworkCase) {
    let (network, batch) = (test.network(), test.batch)
    let normalizer = 4.0
    let result = test.settings.objective.loss(
      of: network, on: batch, unpaddedLengths: test.unpaddedLengths, normalizer: normalizer,
      .deterministicTraining)
    result.loss.backward()

    let names = network.parameters.parameters.map(\.name)
    let inputs = network.parameters.doubles
    func loss(_ values: [DoubleTensor]) -> Double {
      let logits = NetworkOracle(test.sizes, names: names, values: values).logits(
        batch.noisy, length: test.length, noiseLevels: test.noiseLevels)
      let nll = logits.crossEntropies(targets: batch.clean, excluded: 4)
      return nll.enumerated().reduce(0) { sum, entry in
        let (sequence, position) = (entry.offset / test.length, entry.offset % test.length)
        let isScored =
          test.isMasked(entry.offset)
          && position < test.unpaddedLengths?[sequence] ?? test.length
        return isScored ? sum + entry.element / test.times[sequence] / normalizer : sum
      }
    }
    let expected = loss(inputs)
    #expect(abs(Double(result.loss.scalar) - expected) <= GradientCheck.tolerance * expected)
    var random = SplitMix64(29)
    for index in names.indices {
      GradientCheck.compare(
        names[index], network.parameters.gradientValues[index], at: index, of: inputs,
        tolerance: 4 * GradientCheck.tolerance, random: &random, loss)
    }
  }

  @Test func everyParameterGetsAGradient() {
    let test = NetworkCase.all[1]
    let network = test.network()
    test.settings.objective.loss(
      of: network, on: test.batch, normalizer: 1, .deterministicTraining
    ).loss.backward()
    for gradient in network.parameters.parameterGradients {
      #expect(gradient.values.contains { $0 != 0 }, "\(gradient.name)")
    }
  }

  /// The official initialization: at first only the output projection learns.
  @Test func firstGradientReachesTheOutputProjectionOnly() {
    let test = NetworkCase.all[0]
    let network = DiffusionTransformer(test.sizes, on: Device(threads: 1), trainable: true)
    network.parameters.initialize(seed: 1)
    test.settings.objective.loss(
      of: network, on: test.batch, normalizer: 1, .deterministicTraining
    ).loss.backward()
    for gradient in network.parameters.parameterGradients {
      let isOutput = gradient.name.hasPrefix("output_layer.linear")
      #expect(gradient.values.contains { $0 != 0 } == isOutput, "\(gradient.name)")
    }
  }

  @Test(arguments: [(50258, 768, 12, 169_627_218), (35, 256, 8, 8_024_611)])
  func parameterCount(vocabulary: Int, width: Int, blocks: Int, count: Int) {
    let sizes = NetworkConfiguration(
      vocabularySize: vocabulary, length: 8, hiddenSize: width, blockCount: blocks, headCount: 4)
    #expect(sizes.parameterCount == count)
  }

  /// VD + (256c + c) + (c² + c) + N(12D² + 13D + 6Dc) + D + VD + V + 2Dc + 2D, and without the
  /// conditioning VD + N(12D² + 7D) + D + VD + V.
  @Test(arguments: Backbone.allCases) func parametersAreAsManyAsTheFormulaSays(backbone: Backbone) {
    var sizes = NetworkCase.all[0].sizes
    sizes.backbone = backbone
    let (v, d, n, c) = (
      sizes.vocabularySize, sizes.hiddenSize, sizes.blockCount, sizes.conditioningSize
    )
    let shared = 2 * v * d + v + d + n * (12 * d * d + 7 * d)
    let conditioning = 257 * c + c * c + c + n * (6 * d + 6 * d * c) + 2 * d * c + 2 * d
    #expect(sizes.parameterCount == shared + (backbone == .dit ? conditioning : 0))
    #expect(sizes.network(on: Device(threads: 1)).parameters.parameterCount == sizes.parameterCount)
  }

  @Test func shorterSequencesReadTheirOwnPositions() {
    // The first positions' angles do not depend on how many follow.
    let test = NetworkCase.all[0]
    let (long, short) = (test.network(), NetworkCase(testDescription: "", length: 2))
    let exact = short.network()
    exact.parameters.copyValues(from: long.parameters)
    let tokens: [Int32] = [3, 4]
    let rows = [long, exact].map { network in
      network.features(tokens, length: 2, noiseLevels: [0], .inference).rows.values
    }
    #expect(rows[0] == rows[1])
  }
}
