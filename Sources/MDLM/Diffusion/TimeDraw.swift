/// A time that was drawn, with all that follows from it.
public struct TimeDraw: Sendable, Equatable {
  /// t in [0, 1].
  public let time: Double
  /// 1 − α(t): the probability that a token is masked.
  public let maskProbability: Double
  /// What a network with time conditioning is told: σ(t), or t itself where
  /// ``TimeTransform/changeOfVariables`` draws times.
  public let noiseLevel: Double
  /// What the loss of a masked token counts.
  public let weight: Double

  public init(time: Double, maskProbability: Double, noiseLevel: Double, weight: Double) {
    self.time = time
    self.maskProbability = maskProbability
    self.noiseLevel = noiseLevel
    self.weight = weight
  }

  /// No noise: what autoregressive training has in place of a time.
  public static let clean = TimeDraw(time: 0, maskProbability: 0, noiseLevel: 0, weight: 1)
}

/// How uniform numbers become times.
public enum TimeTransform: String, CaseIterable, Sendable {
  /// As they are: the loss weighs w(t).
  case none
  /// Times with log(1 − α(t)) uniform, where all losses weigh the same (the official
  /// `importance_sampling`).
  case importance
  /// The same mask probabilities, and the network is told the uniform number in place of σ (the
  /// official `change_of_variables`; arXiv 2406.07524, section 3.5).
  case changeOfVariables
}

extension DiffusionSettings {
  /// Returns what follows from time `time`, rounded up to one of T where time is discrete.
  ///
  /// - Parameter time: t in (0, 1].
  /// - Returns: The draw.
  public func timeDraw(at time: Double) -> TimeDraw {
    let schedule = schedule
    var (time, weight) = (time, 0.0)
    if discreteTimeSteps > 0 {
      let steps = Double(discreteTimeSteps)
      time = min(1, ((time * steps).rounded(.down) + 1) / steps)
      weight = MaskedShares(at: time, steps: discreteTimeSteps, schedule)
        .weight(steps: discreteTimeSteps)
    } else {
      weight = schedule.lossWeight(at: time)
    }
    let probability = schedule.maskProbability(at: time)
    return TimeDraw(
      time: time, maskProbability: probability,
      noiseLevel: timeTransform == .changeOfVariables
        ? noiseLevel(maskProbability: probability) : schedule.totalNoise(at: time),
      weight: weight)
  }

  /// Returns the time of one sequence of a training batch.
  ///
  /// - Parameters:
  ///   - uniform: Its number in [0, 1); with ``sharesOffset`` that of the first sequence.
  ///   - index: Its number in the batch.
  ///   - count: Sequences in the batch.
  /// - Returns: The draw.
  public func timeDraw(uniform: Double, index: Int, count: Int) -> TimeDraw {
    if parameterization == .ar { return .clean }
    let time = timeSampler.time(uniform: uniform, index: index, count: count)
    switch timeTransform {
    case .none: return timeDraw(at: time)
    case .importance:
      let warped = schedule.importanceTime(time)
      return TimeDraw(
        time: warped, maskProbability: schedule.maskProbability(at: warped),
        noiseLevel: schedule.totalNoise(at: warped), weight: schedule.importanceWeight)
    case .changeOfVariables:
      let probability = schedule.changeOfVariablesMaskProbability(time)
      return TimeDraw(
        time: time, maskProbability: probability, noiseLevel: time,
        weight: schedule.importanceWeight)
    }
  }

  /// What a network is told where a token is masked with `probability`, at most its end of training.
  ///
  /// A schedule may end before everything is masked, and beyond its end a network with time
  /// conditioning was never trained.
  public func noiseLevel(maskProbability probability: Double) -> Double {
    let sigma = schedule.noiseLevel(maskProbability: probability)
    guard timeTransform == .changeOfVariables else { return sigma }
    return schedule.changeOfVariablesTime(totalNoise: sigma)
  }
}
