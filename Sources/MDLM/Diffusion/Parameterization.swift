/// What a network's outputs mean and how it is trained, by the names of the official code.
///
/// A new one is a case here and a file with its ``Objective``; what it can be sampled with is said in
/// ``Predictor``.
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

  /// The network that it needs.
  public var backbone: Backbone {
    switch self {
    case .subs, .d3pm, .sedd: .dit
    case .ar: .ar
    }
  }

  /// Sequences that go through the network for each row of a training step.
  public var networkCalls: Int {
    switch self {
    case .subs, .sedd, .ar: 1
    case .d3pm: 2
    }
  }
}

extension NetworkConfiguration {
  /// Floating-point operations of one training step over one sequence.
  ///
  /// Forward, and twice that backward. All tokens are counted as distinct.
  ///
  /// - Parameter parameterization: What is trained: of noised rows one half is masked and asked for,
  ///   of others all of it.
  /// - Returns: Operations for one sequence of ``length`` tokens.
  public func trainingOperations(_ parameterization: Parameterization) -> Double {
    switch parameterization {
    case .subs, .sedd: 3 * forwardOperations(scoredShare: 0.5)
    case .d3pm: 3 * (forwardOperations(scoredShare: 0.5) + forwardOperations())
    case .ar: 3 * forwardOperations()
    }
  }
}
