/// What a network's outputs mean and how it is trained, by the names of the official code.
///
/// A new one is a case here with its ``Traits``, and a file with its ``Objective``, which
/// ``DiffusionSettings/objective`` makes. What configurations may say, what is usual, and how it
/// may be sampled follow from the traits.
public enum Parameterization: String, CaseIterable, Sendable {
  /// SUBS: the mask is never predicted and visible tokens stay (arXiv 2406.07524, section 3.2.3).
  case subs
  /// The mean parameterization of D3PM (arXiv 2107.03006): p(x_0 | x_t) over all tokens, in discrete
  /// time.
  case d3pm
  /// The concrete score of SEDD (arXiv 2310.16834): p_t(y) / p_t(x_t) for every token y.
  case sedd
  /// No diffusion: every token from those before it.
  case ar

  /// What is particular about it.
  public var traits: Traits {
    switch self {
    case .subs:
      Traits(
        timeConditioning: .allowed, discreteTime: .allowed, allowsTimeTransforms: true,
        predictors: Predictor.allCases.filter { $0 != .euler && $0 != .ar })
    case .d3pm:
      Traits(
        askedShares: [0.5, 1], timeConditioning: .allowed, usuallySeesTime: true,
        discreteTime: .required, predictors: [.ddpm, .ddpmCache])
    case .sedd:
      Traits(
        timeConditioning: .required, usuallySeesTime: true, predictors: [.analytic, .euler])
    case .ar:
      Traits(backbone: .ar, askedShares: [1], predictors: [.ar])
    }
  }

  /// The facts that tell parameterizations apart.
  public struct Traits: Sendable {
    /// The network that it needs.
    public var backbone = Backbone.dit
    /// For each call of the network in a training step, the share of the rows that is asked for: one
    /// half of noised rows are masks.
    public var askedShares = [0.5]
    /// Whether the network may or must see the noise level.
    public var timeConditioning = Need.impossible
    /// Whether it does where nothing is said.
    public var usuallySeesTime = false
    /// Whether time may or must be discrete.
    public var discreteTime = Need.impossible
    /// Whether ``TimeTransform``s make sense: all losses may weigh the same.
    public var allowsTimeTransforms = false
    /// What it can be sampled with.
    public var predictors: [Predictor]
  }

  /// Whether something can be, or has to be.
  public enum Need: Sendable {
    case impossible
    case allowed
    case required
  }

  /// The network that it needs.
  public var backbone: Backbone { traits.backbone }

  /// Sequences that go through the network for each row of a training step.
  public var networkCalls: Int { traits.askedShares.count }

  /// T where nothing is said: 0 is continuous time.
  public var usualTimeSteps: Int { traits.discreteTime == .required ? 1000 : 0 }

  /// How models of this kind are sampled where nothing else is asked for.
  public var defaultPredictor: Predictor {
    traits.predictors.contains(.ddpmCache) ? .ddpmCache : traits.predictors[0]
  }
}

extension NetworkConfiguration {
  /// Floating-point operations of one training step over one sequence.
  ///
  /// Forward, and twice that backward. All tokens are counted as distinct.
  ///
  /// - Parameter parameterization: What is trained.
  /// - Returns: Operations for one sequence of ``length`` tokens.
  public func trainingOperations(_ parameterization: Parameterization) -> Double {
    parameterization.traits.askedShares.reduce(0) { $0 + 3 * forwardOperations(scoredShare: $1) }
  }
}
