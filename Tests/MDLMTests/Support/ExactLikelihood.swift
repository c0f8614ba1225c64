@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Everything that estimators estimate about one row under a ``TableDenoiser``, by enumeration.
struct ExactLikelihood {
  let denoiser: TableDenoiser
  let row: [Int32]
  /// Tokens before the padding.
  let unpadded: Int

  private var length: Int { row.count }
  private let schedule = LogLinearSchedule()

  /// Σ −log p(x_0 | x_t) over masked unpadded positions.
  func crossEntropy(masked: Set<Int>, noiseLevel: Double = 0) -> Double {
    let noisy = row.indices.map { masked.contains($0) ? denoiser.maskID : row[$0] }
    return masked.filter { $0 < unpadded }.reduce(0) { sum, position in
      sum
        - log(
          denoiser.probabilities(noisy, position: position, noiseLevel: noiseLevel)[
            Int(row[position])])
    }
  }

  /// Every set of positions.
  private var masks: [Set<Int>] {
    (0..<1 << length).map { bits in Set((0..<length).filter { bits >> $0 & 1 == 1 }) }
  }

  /// A_k: the mean of Σ −log p over all masks of `count` positions.
  func meanCrossEntropy(masked count: Int, noiseLevel: Double = 0) -> Double {
    let masks = masks.filter { $0.count == count }
    let sum = masks.reduce(0) { $0 + crossEntropy(masked: $1, noiseLevel: noiseLevel) }
    return sum / Double(masks.count)
  }

  /// ∫ dm/m E[Σ −log p] over mask probabilities m: the NELBO, but for where it starts and ends.
  func bound(from lowest: Double, to highest: Double) -> Double {
    guard denoiser.conditionsOnTime else {
      let means = (1...length).map { meanCrossEntropy(masked: $0) }
      return integral(from: lowest, to: highest) { m in
        integrand(m) { means[$0 - 1] }
      }
    }
    // The noise level stays what it is where the schedule ends.
    let end = schedule.maskProbability(at: 1)
    let level = { min(-log1p(-$0), schedule.totalNoise(at: 1)) }
    return [(lowest, min(highest, end)), (min(highest, end), highest)].reduce(0) { sum, part in
      sum
        + integral(from: part.0, to: part.1) { m in
          integrand(m) { meanCrossEntropy(masked: $0, noiseLevel: level(m)) }
        }
    }
  }

  /// 1/m Σ over k of P(k masked) A_k.
  private func integrand(_ m: Double, _ mean: (Int) -> Double) -> Double {
    var choices = 1.0
    return (1...length).reduce(0) { sum, k in
      choices *= Double(length - k + 1) / Double(k)
      return sum + choices * pow(m, Double(k - 1)) * pow(1 - m, Double(length - k)) * mean(k)
    }
  }

  /// Simpson's rule.
  private func integral(
    from start: Double, to end: Double, _ function: (Double) -> Double
  ) -> Double {
    guard end > start else { return 0 }
    let panels = 200
    let step = (end - start) / Double(panels)
    let sum = (0...panels).reduce(0.0) { sum, index in
      let weight = index == 0 || index == panels ? 1.0 : index % 2 == 1 ? 4 : 2
      return sum + weight * function(start + Double(index) * step)
    }
    return sum * step / 3
  }

  /// What `estimator` should give on average, in nats for the row.
  func target(of estimator: LikelihoodEstimator) -> Double {
    switch estimator {
    case .official: bound(from: 0.999e-3, to: 0.999) / 0.999
    case .stratified: bound(from: 0, to: 1)
    case .importance: bound(from: 1 - exp(-1e-3), to: 0.999)
    case .leftToRight: cost(of: Array(0..<unpadded))
    case .confidenceOrder: cost(of: confidenceOrder)
    case .nextToken: .nan  // Not of a denoiser.
    }
  }

  /// −log p of revealing positions in some order, one after the other.
  func cost(of order: [Int]) -> Double {
    var masked = Set(row.indices)
    return order.reduce(0) { sum, position in
      let probability = probabilities(masked: masked, position: position)[Int(row[position])]
      masked.remove(position)
      return sum - log(probability)
    }
  }

  /// The order that always takes the position whose likeliest token is likeliest.
  ///
  /// Of positions that are equal to 1e-4 nats it takes the first.
  var confidenceOrder: [Int] {
    var masked = Set(row.indices)
    return (0..<unpadded).compactMap { _ in
      let costs = masked.filter { $0 < unpadded }.sorted().map { position in
        (position, -log(probabilities(masked: masked, position: position).reduce(0, max)))
      }
      let least = costs.map(\.1).reduce(.infinity, min)
      let position = costs.first { $0.1 <= least + 1e-4 }?.0
      if let position { masked.remove(position) }
      return position
    }
  }

  private func probabilities(masked: Set<Int>, position: Int) -> [Double] {
    let noisy = row.indices.map { masked.contains($0) ? denoiser.maskID : row[$0] }
    let share = Double(masked.count) / Double(length)
    return denoiser.probabilities(
      noisy, position: position, noiseLevel: min(-log1p(-share), schedule.totalNoise(at: 1)))
  }

  /// All orders in which `positions` can be revealed.
  static func orders(of positions: [Int]) -> [[Int]] {
    guard !positions.isEmpty else { return [[]] }
    return positions.flatMap { first in
      orders(of: positions.filter { $0 != first }).map { [first] + $0 }
    }
  }
}

extension LikelihoodEstimator {
  /// Those that measure MDLM itself.
  static let ofSUBS = allCases.filter { $0.measures(.subs) }
}

extension ExactLikelihood {
  /// Rows of a ``TokenRows`` together.
  static func target(
    of estimator: LikelihoodEstimator, _ denoiser: TableDenoiser, _ rows: TokenRows
  ) -> Double {
    let lengths = (0..<rows.count).map(rows.unpaddedLength(of:))
    let nats = (0..<rows.count).reduce(0) {
      $0
        + ExactLikelihood(denoiser: denoiser, row: Array(rows.row($1)), unpadded: lengths[$1])
        .target(of: estimator)
    }
    return nats / Double(lengths.reduce(0, +))
  }
}
