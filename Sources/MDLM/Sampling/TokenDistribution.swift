#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A model's distribution over the tokens of one masked position, in double precision.
///
/// Tokens that are forbidden have −∞ for a logit and so no probability.
struct TokenDistribution {
  /// By token id; they sum to 1.
  private(set) var probabilities: [Double]

  /// The softmax of `logits`, of which one at least is finite.
  init(logits: UnsafeBufferPointer<Float>) {
    let largest = Double(logits.max() ?? 0)
    probabilities = logits.map { exp(Double($0) - largest) }
    normalize()
  }

  /// A distribution that is known already.
  init(probabilities: [Double]) { self.probabilities = probabilities }

  private mutating func normalize() {
    let sum = probabilities.reduce(0, +)
    require(sum > 0, "[TokenDistribution] no token that may be drawn: logits sum to \(sum)")
    for index in probabilities.indices { probabilities[index] /= sum }
  }

  /// The likeliest token, the first of equal ones.
  var likeliest: Int32 { likeliest(but: -1) }

  /// The likeliest token that is not `excluded`, the first of equal ones.
  func likeliest(but excluded: Int32) -> Int32 {
    var best = excluded == 0 ? 1 : 0
    for index in probabilities.indices
    where probabilities[index] > probabilities[best] && index != excluded {
      best = index
    }
    return Int32(best)
  }

  /// The token at `uniform`, a number in [0, 1), of the cumulative probabilities.
  func token(at uniform: Double) -> Int32 {
    var rest = uniform
    var last = 0
    for index in probabilities.indices where probabilities[index] > 0 {
      last = index
      rest -= probabilities[index]
      if rest < 0 { break }
    }
    return Int32(last)
  }

  /// What the distribution says of a token, in short.
  func belief(in token: Int32) -> TokenBelief {
    let entropy = probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    var top: [TokenBelief.Candidate] = []
    for (index, probability) in probabilities.enumerated() where probability > 0 {
      if top.count == 5, let last = top.last, probability <= last.probability { continue }
      let place = top.firstIndex { $0.probability < probability } ?? top.count
      top.insert(
        TokenBelief.Candidate(token: Int32(index), probability: probability), at: place)
      if top.count > 5 { top.removeLast() }
    }
    return TokenBelief(
      probability: probabilities[Int(token)], entropy: max(0, entropy), top: top)
  }
}

// MARK: Controls

extension TokenDistribution {
  /// The distribution that tokens are drawn from.
  ///
  /// - Parameters:
  ///   - controls: The user's wishes.
  ///   - counts: How often tokens are visible already; those that are not have no entry.
  /// - Returns: The distribution that is left.
  func controlled(by controls: TokenControls, counts: [Int32: Int]) -> TokenDistribution {
    var result = self
    if controls.repetitionPenalty != 1 {
      result.penalize(counts, by: controls.repetitionPenalty)
    }
    if controls.temperature == 0 { return result.keeping([Int(result.likeliest)]) }
    if controls.temperature != 1 { result.warm(to: controls.temperature) }
    if let k = controls.topK, k < result.probabilities.count { result = result.keepingTop(k) }
    if let p = controls.topP, p < 1 { result = result.keepingTop(p, controls.topPRule) }
    return result
  }

  private mutating func penalize(_ counts: [Int32: Int], by penalty: Double) {
    // In logarithms relative to the largest, so that one token at least is left, whatever the penalty.
    var logarithms = probabilities.map { log($0) }
    for (token, count) in counts where logarithms.indices.contains(Int(token)) {
      logarithms[Int(token)] -= Double(count) * log(penalty)
    }
    let largest = logarithms.reduce(-.infinity, max)
    probabilities = logarithms.map { exp($0 - largest) }
    normalize()
  }

  private mutating func warm(to temperature: Double) {
    // Relative to the likeliest, so that none but hopeless tokens vanish.
    let largest = probabilities.reduce(0, max)
    for index in probabilities.indices where probabilities[index] > 0 {
      probabilities[index] = exp(log(probabilities[index] / largest) / temperature)
    }
    normalize()
  }

  /// The likeliest `count` tokens; of equal ones the first.
  private func keepingTop(_ count: Int) -> TokenDistribution {
    keeping(ranked(from: 0).prefix(count))
  }

  private func keepingTop(_ mass: Double, _ rule: TokenControls.TopPRule) -> TokenDistribution {
    // All tokens below this together are less than what may be left out.
    let ranked = ranked(from: (1 - mass) / Double(probabilities.count))
    var (sum, count) = (0.0, 0)
    for token in ranked {
      let next = sum + probabilities[token]
      if rule == .exclusive ? next > mass : sum >= mass { break }
      (sum, count) = (next, count + 1)
    }
    return keeping(ranked.prefix(max(1, count)))
  }

  /// Tokens with at least `least`, the likeliest first; of equal ones the first.
  private func ranked(from least: Double) -> [Int] {
    probabilities.indices.filter { probabilities[$0] > 0 && probabilities[$0] >= least }
      .sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
  }

  private func keeping(_ tokens: some Sequence<Int>) -> TokenDistribution {
    var result = self
    result.probabilities = [Double](repeating: 0, count: probabilities.count)
    for token in tokens { result.probabilities[token] = probabilities[token] }
    result.normalize()
    return result
  }
}

extension Certainty {
  /// What `logits` say, of which one at least is finite.
  init(logits: UnsafeBufferPointer<Float>) {
    var (first, second) = (-Float.infinity, -Float.infinity)
    for logit in logits {
      second = max(second, min(first, logit))
      first = max(first, logit)
    }
    // H = log Σ e^z − Σ z e^z / Σ e^z, with z relative to the largest.
    var (sum, weighted) = (0.0, 0.0)
    for logit in logits where logit > -.infinity {
      let z = Double(logit) - Double(first)
      let weight = exp(z)
      sum += weight
      weighted += z * weight
    }
    largest = 1 / sum
    self.second = exp(Double(second) - Double(first)) / sum
    entropy = max(0, log(sum) - weighted / sum)
    logSum = Double(first) + log(sum)
  }
}
