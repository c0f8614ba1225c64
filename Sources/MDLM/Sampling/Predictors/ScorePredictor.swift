#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The samplers of SEDD (arXiv 2310.16834, section 4): `analytic` and `euler`.
///
/// Unlike p(x_0 | x_t), scores also say how likely a mask is revealed. With s = Σ_y s_y over all tokens
/// y but the mask, from t to t′ a mask turns into a token with probability
///
/// - (e^(σ(t) − σ(t′)) − 1) s for `analytic`, the Tweedie tau-leaping of the paper,
/// - (t − t′) σ′(t) s for `euler`, its first order,
///
/// at most 1, and the token is y with probability s_y/s. Masks that are left at the end are drawn. For
/// the true score s is 1/(e^σ − 1), with which the former is ancestral sampling.
struct ScorePredictor: SamplingRule {
  enum Method {
    case analytic
    case euler
  }

  private let method: Method
  private let grid: TimeGrid
  private let schedule: any NoiseSchedule
  private let draws: SampleDraws
  private let scores: ConcreteScore
  private let removesNoise: Bool
  private var step = 0
  private var time = 1.0

  init(_ block: BlockStart, _ method: Method, grid: TimeGrid, removesNoise: Bool) {
    self.method = method
    self.grid = grid
    self.removesNoise = removesNoise
    schedule = block.schedule
    draws = block.draws
    scores = ConcreteScore(vocabularySize: block.vocabularySize)
  }

  mutating func nextStep(_ block: BlockState) -> SamplingStep? {
    guard !block.masked.isEmpty, step < grid.steps || removesNoise && step == grid.steps else {
      return nil
    }
    defer { step += 1 }
    time = grid.time(after: step)
    return SamplingStep(
      index: step, time: time, maskProbability: schedule.maskProbability(at: time),
      action: step < grid.steps ? .consider(block.masked) : .reveal(block.masked, .draw))
  }

  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    let next = grid.time(after: step)
    let factor = Self.factor(method, schedule, from: time, to: next)
    let sigma = schedule.totalNoise(at: time)
    return positions.indices.filter { index in
      let score = scores.total(logSum: certainties[index].logSum, totalNoise: sigma)
      return draws.uniform(.reveals, step: step - 1, position: positions[index]) < factor * score
    }
  }

  /// What the sum of scores is multiplied with to give the probability of a reveal.
  static func factor(
    _ method: Method, _ schedule: any NoiseSchedule, from time: Double, to next: Double
  ) -> Double {
    switch method {
    case .analytic: expm1(schedule.totalNoise(at: time) - schedule.totalNoise(at: next))
    case .euler: (time - next) * schedule.noiseRate(at: time)
    }
  }
}

/// SEDD's scores from logits: s_y = e^(z_y) / ((e^σ − 1) n), with n tokens but the mask.
struct ConcreteScore: Sendable {
  private let logCount: Double

  init(vocabularySize: Int) { logCount = log(Double(vocabularySize - 1)) }

  /// Σ_y s_y over tokens whose log Σ e^(z_y) is `logSum`.
  func total(logSum: Double, totalNoise: Double) -> Double {
    exp(logSum - logCount) / expm1(totalNoise)
  }
}
