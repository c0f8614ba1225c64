import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bound in T steps beside that in continuous time, for a source whose posterior is known.
struct DiscreteTimeTests {
  /// Three tokens of three, with any joint distribution.
  private static let joint: [(sequence: [Int], probability: Double)] = {
    var random = SplitMix64(61)
    let sequences = (0..<27).map { [$0 / 9, $0 / 3 % 3, $0 % 3] }
    let weights = sequences.map { _ in Double.random(in: 0.02...1, using: &random) }
    let sum = weights.reduce(0, +)
    return zip(sequences, weights.map { $0 / sum }).map { ($0, $1) }
  }()

  /// The mean over the source of Σ −log p(x_0 | x_t) where the positions of `mask` are hidden, with the
  /// true posterior of each.
  private static func crossEntropy(mask: [Int]) -> Double {
    joint.reduce(0) { sum, entry in
      let consistent = joint.filter { other in
        (0..<3).allSatisfy { mask.contains($0) || other.sequence[$0] == entry.sequence[$0] }
      }
      let total = consistent.reduce(0) { $0 + $1.probability }
      return sum
        + entry.probability
        * mask.reduce(0) { cost, position in
          let right = consistent.filter { $0.sequence[position] == entry.sequence[position] }
          return cost - log(right.reduce(0) { $0 + $1.probability } / total)
        }
    }
  }

  /// The same where each position is hidden with probability `m`.
  private static func crossEntropy(maskProbability m: Double) -> Double {
    (1..<8).reduce(0) { sum, bits in
      let mask = (0..<3).filter { bits >> $0 & 1 == 1 }
      let chance = pow(m, Double(mask.count)) * pow(1 - m, Double(3 - mask.count))
      return sum + chance * costs[bits]
    }
  }

  private static let costs = (0..<8).map { bits in
    crossEntropy(mask: (0..<3).filter { bits >> $0 & 1 == 1 })
  }

  private func bound(_ type: NoiseScheduleName, steps: Int) -> Double {
    var diffusion = DiffusionSettings(maskID: 3, noise: NoiseSettings(type: type))
    diffusion.discreteTimeSteps = steps
    return (0..<steps).reduce(0) { sum, step in
      let draw = diffusion.timeDraw(at: (Double(step) + 0.5) / Double(steps))
      return sum
        + draw.weight * Self.crossEntropy(maskProbability: draw.maskProbability)
        / Double(steps)
    }
  }

  @Test(arguments: NoiseScheduleName.allCases)
  func moreStepsMakeItTighter(type: NoiseScheduleName) {
    let bounds = (0...12).map { bound(type, steps: 1 << $0) }
    for (few, many) in zip(bounds, bounds.dropFirst()) { #expect(many < few) }
    // In continuous time: ∫ dm/m over the masked shares of the schedule (Simpson's rule).
    let schedule = type.schedule
    let (start, end) = (schedule.maskProbability(at: 0), schedule.maskProbability(at: 1))
    let count = 2000
    let continuous =
      (0...count).reduce(0.0) { sum, index in
        let m = max(start + (end - start) * Double(index) / Double(count), 1e-12)
        let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
        return sum + weight * Self.crossEntropy(maskProbability: m) / m
      } * (end - start) / Double(count) / 3
    // The official code takes ε = 0 for the weights of the log-linear schedule, and ends 1e-4 early.
    #expect(abs(bounds[12] / continuous - 1) <= 1.5e-3, "\(bounds[12]), \(continuous)")
  }

  /// Times are rounded up to the end of their step.
  @Test func timesAreRoundedUp() {
    var diffusion = DiffusionSettings(maskID: 3)
    diffusion.discreteTimeSteps = 4
    #expect(
      [0.001, 0.24, 0.25, 0.6, 0.999].map { diffusion.timeDraw(at: $0).time } == [
        0.25, 0.25, 0.5, 0.75, 1,
      ])
    #expect(diffusion.timeDraw(at: 0.3).weight == 2)
  }

  // MARK: Draws

  /// Importance sampling and the change of variables draw the same masks; the network is told σ or the
  /// number itself.
  @Test(arguments: NoiseScheduleName.allCases)
  func transformsAreOneDistribution(type: NoiseScheduleName) {
    var importance = DiffusionSettings(maskID: 3, noise: NoiseSettings(type: type))
    importance.timeTransform = .importance
    var variables = importance
    variables.timeTransform = .changeOfVariables
    for index in 0..<8 {
      let draws = [importance, variables].map {
        $0.timeDraw(uniform: 0.3, index: index, count: 8)
      }
      #expect(relativeDeviation(draws[0].maskProbability, draws[1].maskProbability) <= 1e-9)
      #expect(draws[0].weight == draws[1].weight)
      #expect(draws[1].noiseLevel == draws[1].time)
      let told = variables.noiseLevel(maskProbability: draws[1].maskProbability)
      #expect(abs(told - draws[1].noiseLevel) <= 1e-9)
    }
  }

  @Test func autoregressiveTrainingHasNoNoise() {
    let diffusion = DiffusionSettings(maskID: 3, parameterization: .ar)
    #expect(diffusion.timeDraw(uniform: 0.5, index: 0, count: 2) == .clean)
  }
}
