#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The positions that the model is surest of first, as many in every step as the grid says:
/// `confidence`, `margin` and `entropy`.
///
/// Certainty is log p of the likeliest token, the difference of the two largest probabilities, or the
/// negative entropy. With an order temperature τ, τ · (share of masks left) · Gumbel noise is added,
/// as in MaskGIT (arXiv 2202.04200): the order is random early and settles late. Without it the order
/// is a function of what is visible, and `confidence` with one token a step is the sampler whose exact
/// likelihood `LikelihoodEstimator.confidenceOrder` measures.
struct CertaintyOrderPredictor: SamplingRule {
  /// What makes one position surer than another.
  enum Measure: Sendable {
    case confidence
    case margin
    case entropy

    func value(_ certainty: Certainty) -> Double {
      switch self {
      case .confidence: log(certainty.largest)
      case .margin: certainty.largest - certainty.second
      case .entropy: -certainty.entropy
      }
    }
  }

  private let measure: Measure
  private let temperature: Double
  private let grid: TimeGrid
  private let draws: SampleDraws
  private let count: Int
  private var step = 0
  private var reveals = 0
  private var left: Int

  init(_ block: BlockStart, grid: TimeGrid, by measure: Measure, temperature: Double) {
    self.measure = measure
    self.temperature = temperature
    self.grid = grid
    draws = block.draws
    count = block.positions.count
    left = count
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    while step < grid.steps {
      defer { step += 1 }
      reveals = grid.reveals(inStep: step, of: count)
      if reveals == 0 { continue }
      return SamplingStep(
        index: step, time: grid.time(after: step), maskProbability: block.maskedShare,
        action: .consider(block.masked))
    }
    return nil
  }

  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    let noise = temperature * Double(left) / Double(count)
    let keys = zip(positions, certainties).map { position, certainty in
      var key = measure.value(certainty)
      if noise > 0 { key += noise * gumbel(position) }
      return key
    }
    left -= reveals
    return keys.greatest(reveals)
  }

  private func gumbel(_ position: Int) -> Double {
    // 1 − u lies in (0, 1], where the logarithm is finite.
    -log(-log1p(-max(draws.uniform(.revealOrder, step: step, position: position), 0x1p-54)))
  }
}

extension [Double] {
  /// The indices of the `count` greatest values, ascending; of equal ones the first.
  ///
  /// Values that differ by no more than ``ConfidenceOrder/tieTolerance`` are equal, so that rounding
  /// does not choose: a network that knows positions only relative to each other is equally sure of
  /// all positions among masks alone.
  func greatest(_ count: Int) -> [Int] {
    var left = Array<Int>(indices)
    var result: [Int] = []
    left.sort { (self[$1], $0) < (self[$0], $1) }
    while result.count < count, let best = left.first {
      let limit = self[best] - Double(ConfidenceOrder.tieTolerance)
      var first = 0
      for index in left.indices {
        if self[left[index]] < limit { break }
        if left[index] < left[first] { first = index }
      }
      result.append(left.remove(at: first))
    }
    return result.sorted()
  }
}
