import Synchronization
import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Exact likelihoods of orders, against plain enumeration.
struct RevealOrderTests {
  private typealias Subject = EstimatorTargetTests

  /// Every row of four tokens out of three, a part of them padded.
  private let rows: TokenRows = {
    let tokens = (0..<81).flatMap { number in
      [27, 9, 3, 1].map { Int32(number / $0 % 3) }
    }
    return TokenRows(
      length: 4, tokens: tokens, unpaddedLengths: (0..<81).map { Int32($0 % 7 == 0 ? $0 % 4 : 4) })
  }()

  private func exact(_ index: Int, conditionsOnTime: Bool = false) -> ExactLikelihood {
    ExactLikelihood(
      denoiser: Subject.denoiser(conditionsOnTime: conditionsOnTime), row: Array(rows.row(index)),
      unpadded: rows.unpaddedLength(of: index))
  }

  @Test(arguments: [LikelihoodEstimator.leftToRight, .confidenceOrder], [false, true])
  func figureIsThatOfTheNaiveOrder(estimator: LikelihoodEstimator, conditionsOnTime: Bool) throws {
    let estimate = try #require(
      try PerplexityEvaluator(Subject.settings, estimator: estimator, samples: 5, batchSize: 7)
        .evaluate(Subject.denoiser(conditionsOnTime: conditionsOnTime), on: rows))
    let expected = (0..<rows.count).reduce(0) {
      $0 + exact($1, conditionsOnTime: conditionsOnTime).target(of: estimator)
    }
    #expect(relativeDeviation(estimate.nll * Double(estimate.tokens), expected) <= 1e-6)
    #expect(estimate.monteCarloError == nil && estimate.samples == 1)
    #expect(estimate.standardError > 0)
  }

  /// A call for every unpadded token, and not one more.
  @Test(arguments: [LikelihoodEstimator.leftToRight, .confidenceOrder])
  func everyTokenCostsOneCall(estimator: LikelihoodEstimator) throws {
    let denoiser = Subject.denoiser(conditionsOnTime: false)
    let estimate = try #require(
      try PerplexityEvaluator(Subject.settings, estimator: estimator).evaluate(denoiser, on: rows))
    #expect(estimate.networkCalls == estimate.tokens)
    #expect(denoiser.sequencesSeen.load(ordering: .relaxed) == estimate.tokens)
  }

  /// An untrained network is equally sure everywhere, so that the first mask is always taken.
  @Test func equalConfidenceTakesTheFirst() throws {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 4, length: 4, hiddenSize: 8, blockCount: 1, headCount: 2,
        conditioningSize: 4), on: Device(threads: 1))
    network.parameters.initialize(seed: 1)
    let curves = try [LikelihoodEstimator.leftToRight, .confidenceOrder].map { estimator in
      try #require(
        try PerplexityEvaluator(Subject.settings, estimator: estimator).evaluate(network, on: rows)
      ).lossCurve
    }
    #expect(curves[0] == curves[1])
  }

  /// Among masks alone a network that knows relative positions only is equally sure everywhere.
  ///
  /// But for rounding, which must not choose: the first position is scored with no other visible.
  @Test(arguments: 0..<4) func rowBeginsWithItsFirstToken(seed: UInt64) throws {
    let network = DiffusionTransformer(
      NetworkConfiguration(
        vocabularySize: 9, length: 16, hiddenSize: 16, blockCount: 2, headCount: 2,
        conditioningSize: 8), on: Device(threads: 1))
    network.parameters.randomize(seed: seed, size: 0.25)
    let rows = TokenRows(length: 16, tokens: (0..<16).map { Int32($0 % 8) })
    let settings = DiffusionSettings(maskID: 8)
    let blank = [Int32](repeating: 8, count: 16)
    let first = network.losses(
      of: [0], at: [0], in: blank, length: 16, noiseLevels: [0], weights: [1], excluding: 8,
      .inference
    ).losses[0]
    let estimate = try #require(
      try PerplexityEvaluator(settings, estimator: .confidenceOrder).evaluate(network, on: rows))
    let last = try #require(estimate.lossCurve.bins.last)
    #expect(last.tokens == 1 && relativeDeviation(last.crossEntropy, Double(first)) <= 1e-6)
  }

  /// The NELBO is the mean of −log p over all orders, which Jensen puts above −log of the mean p.
  @Test func boundIsTheMeanOverAllOrders() {
    let orders = ExactLikelihood.orders(of: [0, 1, 2, 3])
    #expect(orders.count == 24)
    for index in 1..<7 {
      let exact = exact(index)
      let costs = orders.map(exact.cost(of:))
      let bound = exact.target(of: .stratified)
      #expect(relativeDeviation(costs.reduce(0, +) / 24, bound) <= 1e-9)
      #expect(-log(costs.reduce(0) { $0 + exp(-$1) } / 24) <= bound)
    }
  }

  @Test(arguments: [LikelihoodEstimator.leftToRight, .confidenceOrder])
  func oneOrderLiesOnEitherSideOfTheBound(estimator: LikelihoodEstimator) {
    let gaps = (1..<81).filter { $0 % 7 != 0 }.map { index in
      exact(index).target(of: estimator) - exact(index).target(of: .stratified)
    }
    #expect(gaps.contains { $0 > 0.01 } && gaps.contains { $0 < -0.01 })
  }

  /// Nothing to score in it, and nothing to divide by.
  @Test(arguments: LikelihoodEstimator.ofSUBS)
  func rowOfPaddingCostsNothing(estimator: LikelihoodEstimator) throws {
    let padding = TokenRows(length: 4, tokens: [0, 1, 2, 0], unpaddedLengths: [0])
    let estimate = try #require(
      try PerplexityEvaluator(Subject.settings, estimator: estimator).evaluate(
        Subject.denoiser(conditionsOnTime: false), on: padding))
    #expect(estimate.nll == 0 && estimate.tokens == 0 && estimate.sequences == 1)
    #expect(estimate.lossCurve.bins.isEmpty)
  }
}
