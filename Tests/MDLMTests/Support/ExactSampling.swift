@testable import MDLM

/// The distribution of a sampler's sequences under a ``TableDenoiser``, by enumeration.
struct ExactSampling {
  /// What a step does to a sequence, with its probability.
  struct Move {
    var revealed: [Int] = []
    var remasked: [Int] = []
    var probability: Double
  }

  let denoiser: TableDenoiser
  /// The sequence before the first step; masks are free.
  let start: [Int32]

  private var maskID: Int32 { denoiser.maskID }

  /// The probabilities of all sequences after some steps.
  ///
  /// - Parameters:
  ///   - steps: How many.
  ///   - noiseLevel: σ that the network is told in a step.
  ///   - likeliest: Whether a step takes the likeliest token in place of drawing one.
  ///   - moves: What a step may do to a sequence.
  /// - Returns: Sequences with their probabilities.
  func distribution(
    steps: Int, noiseLevel: (Int) -> Double = { _ in 0 },
    likeliest: (Int) -> Bool = { _ in false }, _ moves: (_ step: Int, [Int32]) -> [Move]
  ) -> [[Int32]: Double] {
    var states = [start: 1.0]
    for step in 0..<steps {
      var next: [[Int32]: Double] = [:]
      for (sequence, probability) in states {
        for move in moves(step, sequence) where move.probability > 0 {
          var branches = [(sequence, probability * move.probability)]
          for position in move.revealed {
            var tokens = denoiser.probabilities(
              sequence, position: position, noiseLevel: noiseLevel(step))
            if likeliest(step) {
              let largest = tokens.reduce(0, max)
              tokens = tokens.map { $0 == largest ? 1 : 0 }
            }
            branches = branches.flatMap { branch, weight in
              tokens.indices.filter { tokens[$0] > 0 }.map { token in
                var branch = branch
                branch[position] = Int32(token)
                return (branch, weight * tokens[token])
              }
            }
          }
          for (branch, weight) in branches {
            var branch = branch
            for position in move.remasked { branch[position] = maskID }
            next[branch, default: 0] += weight
          }
        }
      }
      states = next
    }
    return states
  }

  // MARK: Moves

  func masks(_ sequence: [Int32]) -> [Int] { sequence.indices.filter { sequence[$0] == maskID } }

  /// Every mask by itself with probability `reveal`, every free token with `remask`.
  func independent(
    _ sequence: [Int32], reveal: Double, remask: (_ position: Int) -> Double = { _ in 0 }
  ) -> [Move] {
    let free = masks(start)
    return (0..<1 << free.count).map { bits in
      free.enumerated().reduce(into: Move(probability: 1)) { move, entry in
        let (index, position) = entry
        let isMask = sequence[position] == maskID
        let chance = isMask ? reveal : remask(position)
        guard bits >> index & 1 == 1 else {
          move.probability *= 1 - chance
          return
        }
        move.probability *= chance
        if isMask { move.revealed.append(position) } else { move.remasked.append(position) }
      }
    }
  }

  /// Every mask by itself with a probability of its own.
  func revealing(_ sequence: [Int32], _ probability: (_ position: Int) -> Double) -> [Move] {
    masks(sequence).reduce([Move(probability: 1)]) { moves, position in
      let chance = probability(position)
      return moves.flatMap { move in
        var revealed = move
        revealed.revealed.append(position)
        revealed.probability *= chance
        var kept = move
        kept.probability *= 1 - chance
        return [revealed, kept]
      }
    }
  }

  /// Any `count` masks, all choices with the same probability.
  func uniform(_ sequence: [Int32], count: Int) -> [Move] {
    let choices = Self.subsets(of: masks(sequence), count: count)
    return choices.map { Move(revealed: $0, probability: 1 / Double(choices.count)) }
  }

  static func subsets(of elements: [Int], count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    guard let first = elements.first, elements.count >= count else { return [] }
    let rest = Array(elements.dropFirst())
    return subsets(of: rest, count: count - 1).map { [first] + $0 }
      + subsets(of: rest, count: count)
  }
}

extension ChiSquare {
  /// Samples against a distribution of sequences; one that should not occur makes it infinite.
  init(_ samples: [Sample], against expected: [[Int32]: Double]) {
    let counts = samples.reduce(into: [[Int32]: Int]()) { $0[$1.tokens, default: 0] += 1 }
    let sequences = Set(expected.keys).union(counts.keys)
      .sorted { $0.lexicographicallyPrecedes($1) }
    self.init(
      counts: sequences.map { counts[$0, default: 0] },
      probabilities: sequences.map { expected[$0, default: 0] })
  }
}
