@testable import MDLM

extension AdamW {
  /// Takes a step along gradients whose norm is measured here, and returns the norm.
  mutating func step(
    _ parameters: ParameterStore, learningRate: Double,
    average: (weights: ParameterStore, decay: Double)? = nil
  ) -> Double {
    let norm = parameters.gradientNorm()
    step(parameters, learningRate: learningRate, gradientNorm: norm, average: average)
    return norm
  }
}
