import Testing

@testable import MDLM

/// Evaluations that end when their Monte-Carlo error is small enough.
struct ErrorGoalTests {
  private let rows = EstimatorTargetTests.rows

  private func evaluate(
    _ estimator: LikelihoodEstimator = .stratified, samples: Int = 1000, goal: Double?
  ) throws -> LikelihoodEstimate {
    try #require(
      try PerplexityEvaluator(
        EstimatorTargetTests.settings, estimator: estimator, samples: samples, errorGoal: goal
      ).evaluate(EstimatorTargetTests.denoiser(conditionsOnTime: false), on: rows))
  }

  @Test(arguments: [LikelihoodEstimator.official, .stratified, .importance])
  func workEndsWithTheFirstReplicateThatReachesIt(estimator: LikelihoodEstimator) throws {
    let goal = 0.04
    let estimate = try evaluate(estimator, goal: goal)
    #expect(try #require(estimate.monteCarloError) <= goal)
    #expect(estimate.samples > 3 && estimate.samples < 1000)
    let before = try evaluate(estimator, samples: estimate.samples - 1, goal: nil)
    #expect(try #require(before.monteCarloError) > goal)
    #expect(try evaluate(estimator, samples: estimate.samples, goal: nil) == estimate)
  }

  @Test func easyGoalTakesThreeReplicates() throws {
    #expect(try evaluate(goal: 100).samples == 3)
  }

  @Test func farGoalTakesAllReplicates() throws {
    #expect(try evaluate(samples: 5, goal: 1e-9).samples == 5)
  }

  @Test func progressTellsTheErrorOfWholeReplicates() throws {
    var errors: [Double?] = []
    let evaluator = PerplexityEvaluator(
      EstimatorTargetTests.settings, estimator: .stratified, samples: 4, batchSize: 20)
    let estimate = try evaluator.evaluate(
      EstimatorTargetTests.denoiser(conditionsOnTime: false), on: rows
    ) {
      errors.append($0.monteCarloError)
      return .proceed
    }
    #expect(errors.count == 4 && errors[0] == nil && errors[1] == nil)
    #expect(errors[2] == (try evaluate(samples: 2, goal: nil).monteCarloError))
    #expect(estimate?.samples == 4)
  }
}
