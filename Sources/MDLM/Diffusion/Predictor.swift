/// How the reverse process is simulated, by its name in configs and commands.
///
/// A new one is a case here, a type in `Sampling/Predictors` that conforms to `SamplingRule`, and a
/// line where `SamplerSettings` makes rules.
public enum Predictor: String, CaseIterable, Sendable {
  /// Ancestral sampling with one network call for every step, as published.
  case ddpm
  /// Ancestral sampling that calls the network only for steps that reveal something: the same
  /// samples.
  case ddpmCache = "ddpm_cache"
  /// The published tau-leaping on scores, which for SUBS has the transitions of ancestral sampling;
  /// masks left at the end are drawn, not replaced by the likeliest token.
  case analytic
  /// Ancestral sampling in the limit of infinitely many steps: one token a call, in random order.
  case firstHitting = "first_hitting"
  /// Random order with a fixed number of tokens in every call.
  case tau
  /// The surest positions first: those whose likeliest token is likeliest.
  case confidence
  /// The surest positions first: those whose two likeliest tokens differ most.
  case margin
  /// The surest positions first: those with the least entropy.
  case entropy
  /// All positions whose likeliest token is likely enough, in every call.
  case threshold
  /// As many of the surest positions as a sum of entropies allows, in every call.
  case entropyBound = "entropy_bound"
  /// ReMDM: tokens are masked again with a capped probability.
  case remdmCap = "remdm_cap"
  /// ReMDM: tokens are masked again with a share of the greatest probability.
  case remdmRescale = "remdm_rescale"
  /// ReMDM: tokens are masked again the sooner, the less sure the model was of them.
  case remdmConf = "remdm_conf"
  /// ReMDM: ancestral sampling, then a loop of masking and revealing at one noise level, then the
  /// rest.
  case remdmLoop = "remdm_loop"
  /// The forward-backward corrector of tau-leaping.
  case forwardBackward = "forward_backward"
  /// The corrector of discrete flow matching.
  case dfm
  /// Tau-leaping with the rates of SEDD's score at the beginning of each step.
  case euler
  /// One token after another from left to right, as autoregressive models draw.
  case ar
}

extension Predictor {
  /// Whether it can draw from a model of this parameterization.
  public func samples(_ parameterization: Parameterization) -> Bool {
    parameterization.traits.predictors.contains(self)
  }

  /// Whether it takes steps of time, and not one token after another.
  public var hasSteps: Bool { self != .firstHitting && self != .ar }

  /// Whether tokens may become masks again.
  public var remasks: Bool {
    switch self {
    case .ddpm, .ddpmCache, .analytic, .firstHitting, .tau, .confidence, .margin, .entropy,
      .threshold, .entropyBound, .euler, .ar:
      false
    case .remdmCap, .remdmRescale, .remdmConf, .remdmLoop, .forwardBackward, .dfm: true
    }
  }

  /// Whether the model's certainty decides which positions come first.
  public var looksBeforeItReveals: Bool {
    switch self {
    case .confidence, .margin, .entropy, .threshold, .entropyBound: true
    case .ddpm, .ddpmCache, .analytic, .firstHitting, .tau, .remdmCap, .remdmRescale, .remdmConf,
      .remdmLoop, .forwardBackward, .dfm, .euler, .ar:
      false
    }
  }
}
