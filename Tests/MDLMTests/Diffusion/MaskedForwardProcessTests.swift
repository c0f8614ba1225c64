import Testing

@testable import MDLM

struct MaskedForwardProcessTests {
  private let diffusion = DiffusionSettings(maskID: 9)
  private var process: MaskedForwardProcess { diffusion.forwardProcess }

  private func draws(_ times: [Double]) -> [TimeDraw] { times.map(diffusion.timeDraw(at:)) }

  @Test func tokensBelowTheMaskProbabilityTurnIntoTheMask() {
    let uniforms = [0, 0.4995, 0.4994, 0.9]  // m(0.5) = 0.4995
    let noised = process.noised([1, 2, 3, 4], length: 4, draws: draws([0.5])) { uniforms[$1] }
    #expect(noised.noisy == [9, 2, 9, 4])
    #expect(noised.clean == [1, 2, 3, 4])
  }

  @Test func eachSequenceHasItsOwnTime() {
    let noised = process.noised([1, 2, 3, 4], length: 2, draws: draws([0.2, 0.8])) { _, _ in 0.5 }
    #expect(noised.noisy == [1, 2, 9, 9])
  }

  /// Block diffusion gives each block of a sequence a time.
  @Test func blocksMayHaveTheirOwnTimes() {
    let noised = process.noised([1, 2, 3, 4], length: 4, draws: draws([0.2, 0.8])) { _, _ in 0.5 }
    #expect(noised.noisy == [1, 2, 9, 9])
    #expect(noised.draw(at: 1).time == 0.2 && noised.draw(at: 2).time == 0.8)
  }

  /// Each of four positions is masked with the right probability, and independently.
  ///
  /// Error rate 1 in 10,000.
  @Test(arguments: [0.05, 0.5, 0.9]) func masksAreIndependent(time: Double) {
    let (sequences, length) = (4000, 4)
    let key = RandomKey(seed: 43, stream: .masks)
    let noised = process.noised(
      [Int32](repeating: 1, count: sequences * length), length: length,
      draws: draws([Double](repeating: time, count: sequences))
    ) { key.uniform(row: $0, position: $1) }
    // One cell for every pattern of masks.
    var counts = [Int](repeating: 0, count: 16)
    for sequence in 0..<sequences {
      let masks = noised.noisy[sequence * length..<(sequence + 1) * length].map { $0 == 9 }
      counts[masks.reduce(0) { $0 * 2 + ($1 ? 1 : 0) }] += 1
    }
    let m = 0.999 * time
    let probabilities = (0..<16).map { pattern in
      (0..<length).reduce(1.0) { $0 * (pattern >> $1 & 1 == 1 ? m : 1 - m) }
    }
    #expect(ChiSquare(counts: counts, probabilities: probabilities).isBelievable)
  }
}
