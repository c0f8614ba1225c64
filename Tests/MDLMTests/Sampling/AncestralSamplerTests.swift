import Synchronization
import Testing

@testable import MDLM

struct AncestralSamplerTests {
  private let denoiser = TableDenoiser(vocabularySize: 4, length: 2, seed: 53)

  private func sampler(
    steps: Int, seed: UInt64 = 1, removesNoise: Bool = true, maskID: Int32 = 3
  ) -> AncestralSampler {
    AncestralSampler(
      DiffusionSettings(maskID: maskID), steps: steps, removesNoise: removesNoise, seed: seed)
  }

  /// Every sequence's probability after ancestral sampling, by enumeration.
  ///
  /// One step of the exact posterior: a masked position keeps its mask with probability
  /// m(s) / m(t) and takes token x with (m(t) − m(s)) / m(t) · p(x | x_t), given the other positions
  /// as they were at t.
  private func distribution(steps: Int, removesNoise: Bool) -> [[Int32]: Double] {
    let schedule = LogLinearSchedule()
    var states: [[Int32]: Double] = [[3, 3]: 1]
    for step in 0..<steps {
      let times = (step...step + 1).map { 1 - (1 - 1e-5) * Double($0) / Double(steps) }
      let kept = schedule.maskProbability(at: times[1]) / schedule.maskProbability(at: times[0])
      states = advanced(states) { sequence, position in
        let tokens = denoiser.probabilities(sequence, position: position)
        return tokens.dropLast().map { $0 * (1 - kept) } + [kept]
      }
    }
    guard removesNoise else { return states }
    return advanced(states) { sequence, position in
      let tokens = denoiser.probabilities(sequence, position: position)
      let largest = tokens.reduce(0, max)
      return tokens.map { $0 == largest ? 1 : 0 }
    }
  }

  /// Every state after each of its masks took one of `outcomes`, independently.
  private func advanced(
    _ states: [[Int32]: Double], _ outcomes: ([Int32], Int) -> [Double]
  ) -> [[Int32]: Double] {
    var result: [[Int32]: Double] = [:]
    for (sequence, probability) in states {
      let choices = sequence.indices.map { position in
        sequence[position] == 3
          ? outcomes(sequence, position) : (0..<4).map { $0 == sequence[position] ? 1 : 0 }
      }
      for first in 0..<4 {
        for second in 0..<4 {
          let weight = probability * choices[0][first] * choices[1][second]
          if weight > 0 { result[[Int32(first), Int32(second)], default: 0] += weight }
        }
      }
    }
    return result
  }

  /// Error rate 1 in 10,000 for each number of steps: one step draws both tokens at once, many
  /// nearly always one after the other, which makes another distribution.
  @Test(.releaseOnly, arguments: [1, 2, 5, 50], [true, false])
  func samplesFollowTheExactPosterior(steps: Int, removesNoise: Bool) throws {
    let expected = distribution(steps: steps, removesNoise: removesNoise)
    let samples = try #require(
      sampler(steps: steps, seed: 59, removesNoise: removesNoise)
        .sample(from: denoiser, indices: 0..<20_000, length: 2))
    let counts = samples.reduce(into: [[Int32]: Int]()) { $0[$1.tokens, default: 0] += 1 }
    #expect(counts.keys.allSatisfy { expected[$0] != nil })
    let sequences = expected.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let test = ChiSquare(
      counts: sequences.map { counts[$0, default: 0] },
      probabilities: sequences.map { expected[$0, default: 0] })
    #expect(test.isBelievable, "χ² = \(test.statistic), \(test.degreesOfFreedom) degrees")
  }

  @Test func oneStepAndManyMakeDifferentDistributions() {
    // Otherwise the test above could not tell a sampler that ignores what is revealed.
    let (one, many) = (
      distribution(steps: 1, removesNoise: true), distribution(steps: 50, removesNoise: true)
    )
    let distance = one.reduce(0) { $0 + abs($1.value - many[$1.key, default: 0]) } / 2
    #expect(distance > 0.05)
  }

  @Test func revealProbabilityIsTheShareOfMaskThatGoes() {
    let sampler = sampler(steps: 4)
    #expect(abs(sampler.revealProbability(from: 0.8, to: 0.6) - 0.25) <= 1e-15)
    #expect(sampler.revealProbability(from: 0.5, to: 0.5) == 0)
  }

  @Test func timesAreAnEvenGridFromOneToItsEnd() {
    let sampler = sampler(steps: 4)
    let times = (0..<4).map(sampler.times(ofStep:))
    #expect(times[0].from == 1)
    #expect(abs(times[3].to - 1e-5) <= 1e-15)
    for step in 1..<4 { #expect(times[step].from == times[step - 1].to) }
  }

  private func network(length: Int, timeConditioning: Bool = false) -> DiffusionTransformer {
    let network = DiffusionTransformer(
      DiffusionTransformerConfiguration(
        vocabularySize: 9, length: length, hiddenSize: 16, blockCount: 2, headCount: 2,
        conditioningSize: 8, timeConditioning: timeConditioning), on: Device(threads: 2))
    network.parameters.randomize(seed: 61)
    return network
  }

  @Test(arguments: [false, true]) func aSampleDoesNotDependOnItsBatch(timeConditioning: Bool) throws
  {
    let network = network(length: 12, timeConditioning: timeConditioning)
    let sampler = sampler(steps: 8, maskID: 8)
    let together = try #require(sampler.sample(from: network, indices: 0..<7, length: 12))
    for index in 0..<7 {
      let alone = try #require(
        sampler.sample(from: network, indices: index..<index + 1, length: 12))
      #expect(alone == [together[index]])
    }
    #expect(Set(together.map(\.tokens)).count == 7)
  }

  @Test func seedsMakeDifferentSamples() throws {
    let network = network(length: 12)
    let samples = try (1...2).map { seed in
      try #require(
        sampler(steps: 8, seed: seed, maskID: 8).sample(from: network, indices: 0..<1, length: 12))
    }
    #expect(samples[0][0].tokens != samples[1][0].tokens)
  }

  @Test(arguments: [1, 3, 64, 1000]) func noMaskIsLeftAndCallsAreFew(steps: Int) throws {
    let samples = try #require(
      sampler(steps: steps).sample(from: denoiser, indices: 0..<20, length: 2))
    for sample in samples {
      #expect(!sample.tokens.contains(3))
      #expect(sample.networkCalls >= 1 && sample.networkCalls <= min(2, steps) + 1)
    }
  }

  @Test(arguments: [false, true])
  func predictorsDrawTheSameSamples(timeConditioning: Bool) throws {
    let network = network(length: 8, timeConditioning: timeConditioning)
    let diffusion = DiffusionSettings(maskID: Int32(network.vocabularySize - 1))
    func samples(_ predictor: Predictor) throws -> [Sample] {
      try #require(
        AncestralSampler(diffusion, predictor: predictor, steps: 40)
          .sample(from: network, indices: 0..<3, length: 8))
    }
    let (every, cached) = (try samples(.ddpm), try samples(.ddpmCache))
    #expect(every.map(\.tokens) == cached.map(\.tokens))
    for sample in every { #expect(sample.networkCalls >= 40) }
    for sample in cached { #expect(sample.networkCalls <= 9) }
  }

  @Test func callsThatAreReportedAreCallsThatWereMade() throws {
    let denoiser = TableDenoiser(vocabularySize: 4, length: 3, seed: 67)
    let samples = try #require(
      sampler(steps: 10).sample(from: denoiser, indices: 0..<9, length: 3))
    let reported = samples.reduce(0) { $0 + $1.networkCalls }
    #expect(denoiser.sequencesSeen.load(ordering: .relaxed) == reported)
  }

  @Test func workCanBeStopped() {
    var steps = 0
    let samples = sampler(steps: 10).sample(from: denoiser, indices: 0..<2, length: 2) { step in
      steps = step
      return step == 4 ? .stop : .proceed
    }
    #expect(samples == nil && steps == 4)
  }
}
