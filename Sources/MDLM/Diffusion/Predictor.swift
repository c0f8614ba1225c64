/// How the reverse process is simulated; both draw the same sequences from the same seed.
public enum Predictor: String, CaseIterable, Sendable {
  /// Ancestral sampling with one network call for every sequence and step, as published.
  case ddpm
  /// Ancestral sampling that calls the network only for sequences that reveal something.
  case ddpmCache = "ddpm_cache"
}
