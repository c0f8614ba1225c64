#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How many calls of the network a sequence will take.
public struct CallForecast: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// So many, whatever is drawn.
    case exact
    /// On average.
    case mean
    /// No more than this; how many depends on the model.
    case atMost
  }

  public let calls: Double
  public let kind: Kind
}

extension SamplerSettings {
  /// The calls of the network that a sequence will take.
  ///
  /// Positions turn into tokens independently of each other, so that a step which reveals each of n
  /// masks with probability r calls the network with probability 1 − (1 − r)^n. For ancestral
  /// sampling in T equal steps this sums to T (1 − (1 − 1/T)^n).
  ///
  /// - Parameters:
  ///   - template: What is fixed and what is free.
  ///   - diffusion: The model's.
  ///   - limit: The most tokens that the network takes.
  ///   - conditionsOnTime: Whether the network's answer depends on the time; matters to the published
  ///     draw only.
  /// - Returns: The forecast, which leaves out that a stop rule may end the sequence earlier.
  public func forecast(
    for template: SequenceTemplate, _ diffusion: DiffusionSettings, limit: Int,
    conditionsOnTime: Bool = false
  ) -> CallForecast {
    let schedule = diffusion.schedule
    let blocks = order.blockCount(of: template.length, limit: limit)
    if diffusion.parameterization == .sedd
      || diffusion.parameterization == .d3pm && !diffusion.excludesMask
    {
      // The model says how many masks each step leaves, and whether any are left at the end.
      return CallForecast(
        calls: Double((steps + (removesNoise ? 1 : 0)) * blocks), kind: .atMost)
    }
    if usesPublishedNoise && conditionsOnTime && predictor != .ddpm {
      // Nothing can be kept from one step to the next, until no mask is left.
      return CallForecast(
        calls: Double(steps * blocks) + removalCalls(template.length, schedule), kind: .atMost)
    }
    let counts = order.blocks(of: template.length, lastFixed: nil, limit: limit)
      .map { block in block.positions.count { template.tokens[$0] == nil } }
      .filter { $0 > 0 }
    if predictor == .ar {
      // The first token needs no call.
      let free = template.freePositions.count - (template.tokens.first == .some(nil) ? 1 : 0)
      return CallForecast(calls: Double(free), kind: stopRule == .none ? .exact : .atMost)
    }
    // Most blocks are equally long.
    let sizes = counts.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
    let calls = sizes.reduce(0.0) {
      $0 + Double($1.value) * blockCalls($1.key, diffusion.parameterization, schedule)
    }
    // A sequence that may end early may take fewer.
    return CallForecast(calls: calls, kind: stopRule == .none ? forecastKind : .atMost)
  }

  private var forecastKind: CallForecast.Kind {
    switch predictor {
    case .firstHitting, .tau, .confidence, .margin, .entropy, .ar: .exact
    case .threshold, .entropyBound, .euler: .atMost
    case .ddpm, .ddpmCache, .analytic, .remdmCap, .remdmRescale, .remdmConf, .remdmLoop,
      .forwardBackward, .dfm:
      .mean
    }
  }

  /// The calls for one block of `masks` masks.
  private func blockCalls(
    _ masks: Int, _ parameterization: Parameterization, _ schedule: any NoiseSchedule
  ) -> Double {
    switch predictor {
    case .firstHitting, .ar: return Double(masks)
    case .euler: return Double(steps + 1)
    case .tau, .confidence, .margin, .entropy:
      let grid = grid
      return Double((0..<steps).count { grid.reveals(inStep: $0, of: masks) > 0 })
    case .threshold, .entropyBound: return Double(min(steps, masks))
    case .ddpm where parameterization != .d3pm:
      return Double(steps) + removalCalls(masks, schedule)
    case .ddpm, .ddpmCache, .analytic:
      let (grid, start) = (grid, schedule.maskProbability(at: 1))
      let shares = (0...steps).map {
        schedule.maskProbability(at: grid.time(after: $0)) / start
      }
      return zip(shares, shares.dropFirst()).reduce(removalCalls(masks, schedule)) {
        $0 + hit($1.0 - $1.1, masks)
      }
    case .remdmCap, .remdmRescale, .remdmConf, .remdmLoop, .forwardBackward, .dfm:
      var (calls, masked) = (0.0, 1.0)
      for jump in jumps(schedule) {
        calls += hit(masked * jump.reveal, masks)
        let remask: Double =
          switch jump.remask {
          case .never: 0
          case .each(let probability): probability
          case .leastSure(let total):
            min(1, total / max(1, Double(masks) * (1 - masked)))
          }
        masked += (1 - masked) * remask - masked * jump.reveal
      }
      return calls + (removesNoise ? hit(masked, masks) : 0)
    }
  }

  /// The probability that one of `count` masks, each with `probability`, is revealed.
  private func hit(_ probability: Double, _ count: Int) -> Double {
    -expm1(Double(count) * log1p(-min(max(probability, 0), 1)))
  }

  private func removalCalls(_ masks: Int, _ schedule: any NoiseSchedule) -> Double {
    guard removesNoise else { return 0 }
    return hit(
      schedule.maskProbability(at: grid.end) / schedule.maskProbability(at: 1), masks)
  }

  /// The settings with the most steps that take no more than `calls` calls of the network.
  ///
  /// - Parameters:
  ///   - calls: The calls that are wanted for each sequence.
  ///   - template: What is fixed and what is free; the longest where there are several.
  ///   - diffusion: The model's.
  ///   - limit: The most tokens that the network takes.
  ///   - conditionsOnTime: See ``forecast(for:_:limit:conditionsOnTime:)``.
  /// - Returns: Settings whose forecast is as near to `calls` as steps allow, and not above it, with no
  ///   more steps than that takes.
  /// - Throws: ``InputError`` of category `usage` where the predictor cannot make so few.
  public func fitting(
    calls: Int, for template: SequenceTemplate, _ diffusion: DiffusionSettings, limit: Int,
    conditionsOnTime: Bool = false
  ) throws(InputError) -> SamplerSettings {
    func taking(_ steps: Int) -> SamplerSettings {
      var settings = self
      settings.steps = steps
      return settings
    }
    func forecast(_ steps: Int) -> Double {
      taking(steps).forecast(
        for: template, diffusion, limit: limit, conditionsOnTime: conditionsOnTime
      ).calls
    }
    // Half a call of slack: the mean of a random number is not a count.
    func fits(_ steps: Int) -> Bool { forecast(steps) <= Double(calls) + 0.5 }
    guard fits(1) else {
      let least = forecast(1)
      throw InputError(
        .usage, "nfe", found: "\(calls) calls of the network",
        expected: "at least \(Int(least.rounded(.up))), which \(predictor.rawValue) takes here",
        remedy: "Allow more calls"
          + (predictor == .firstHitting ? ", or choose tau, which takes any number" : ""))
    }
    var (low, high) = (1, 2)
    while high <= Self.mostSteps && fits(high) { (low, high) = (high, 2 * high) }
    high = min(high, Self.mostSteps + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(middle) { low = middle } else { high = middle }
    }
    // Where masks, not steps, limit the calls, fewer steps make as many.
    let most = forecast(low) - 0.25
    var (few, enough) = (0, low)
    while enough - few > 1 {
      let middle = (few + enough) / 2
      if forecast(middle) >= most { enough = middle } else { few = middle }
    }
    return taking(enough)
  }

  /// Beyond it steps change nothing but the time they take.
  private static let mostSteps = 1 << 17
}
