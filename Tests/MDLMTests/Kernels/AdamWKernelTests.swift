import CVectorKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The fused optimizer step against Loshchilov & Hutter's algorithm 2 in double precision.
struct AdamWKernelTests {
  private let rate = 0.01
  private let beta1 = 0.9
  private let beta2 = 0.999
  private let epsilon = 1e-8
  private let decay = 0.1
  private let clip = 0.5
  private let emaDecay = 0.75

  /// One value with its moments and its moving average.
  private struct Oracle {
    var value: Double
    var first = 0.0
    var second = 0.0
    var average: Double
  }

  private func step(_ state: inout Oracle, _ gradient: Float, number: Int) {
    let g = Double(gradient) * clip
    state.value *= 1 - rate * decay
    state.first = beta1 * state.first + (1 - beta1) * g
    state.second = beta2 * state.second + (1 - beta2) * g * g
    let first = state.first / (1 - pow(beta1, Double(number)))
    let second = state.second / (1 - pow(beta2, Double(number)))
    state.value -= rate * first / (second.squareRoot() + epsilon)
    state.average = emaDecay * state.average + (1 - emaDecay) * state.value
  }

  private func settings(step: Int) -> mdlm_adamw_settings {
    mdlm_adamw_settings(
      decay: Float(1 - rate * decay), step_size: Float(rate / (1 - pow(beta1, Double(step)))),
      toward_first: Float(1 - beta1), beta2: Float(beta2), toward_second: Float(1 - beta2),
      correction: Float((1 - pow(beta2, Double(step))).squareRoot()), epsilon: Float(epsilon),
      gradient_scale: Float(clip), toward_ema: Float(1 - emaDecay))
  }

  @Test(arguments: kernelSizes) func severalSteps(count: Int) {
    var random = SplitMix64(10)
    var values = random.floats(count)
    var (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    var average = values
    var oracles = values.map { Oracle(value: Double($0), average: Double($0)) }
    for number in 1...6 {
      let gradients = random.floats(count)
      var settings = settings(step: number)
      mdlm_adamw(&values, gradients, &first, &second, &average, &settings, count)
      for index in 0..<count { step(&oracles[index], gradients[index], number: number) }
    }
    // Six roundings of numbers of order one, and of the constants.
    #expect(relativeDeviation(values, oracles.map(\.value)) <= 1e-6)
    #expect(relativeDeviation(average, oracles.map(\.average)) <= 1e-6)
    #expect(relativeDeviation(first, oracles.map(\.first)) <= 1e-6)
    #expect(relativeDeviation(second, oracles.map(\.second)) <= 1e-6)
  }

  @Test func noAverageIsNeeded() {
    var (with, without): ([Float], [Float]) = ([1, 2, 3], [1, 2, 3])
    var (m1, v1, m2, v2, average) = (
      [Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3),
      [Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3), with
    )
    var settings = settings(step: 1)
    mdlm_adamw(&with, [1, -1, 0.5], &m1, &v1, &average, &settings, 3)
    mdlm_adamw(&without, [1, -1, 0.5], &m2, &v2, nil, &settings, 3)
    #expect(with == without)
  }
}
