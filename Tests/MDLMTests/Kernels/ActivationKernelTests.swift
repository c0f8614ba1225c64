import CVectorKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The activation kernels against their definitions in double precision.
struct ActivationKernelTests {
  /// eˣ, seen through the kernel that computes nothing else when its log-sum is zero.
  private func exponentials(_ arguments: [Float]) -> [Float] {
    var values = arguments
    mdlm_probabilities(&values, 1, [0], 1, values.count)
    return values
  }

  /// Within 1.25 units in the last place, 1.5e-7 of the value, wherever eˣ is a normal number.
  @Test(.releaseOnly) func exponentialIsAccurateOverItsRange() {
    let arguments = stride(from: Float(-87.3), through: 88.7, by: 1 / 512).map { $0 }
    let worst = zip(arguments, exponentials(arguments)).reduce(0.0) {
      max($0, relativeDeviation(Double($1.1), exp(Double($1.0))))
    }
    #expect(worst <= 1.5e-7)
  }

  @Test func exponentialOfZeroIsExactlyOne() { #expect(exponentials([0, -0.0]) == [1, 1]) }

  @Test func exponentialIsClampedToNormalNumbers() {
    let values = exponentials([-1e30, -88, 89, 1e30])
    #expect(values.allSatisfy { $0.isNormal })
    #expect(values[0] < 1.3e-38 && values[1] < 1.3e-38 && values[2] > 3e38 && values[3] > 3e38)
  }

  @Test(arguments: kernelSizes) func gelu(count: Int) {
    var random = SplitMix64(1)
    let x = random.floats(count, in: -12...12)
    let bias = random.floats(count)
    let z = DoubleTensor(shape: [count], values: zip(x, bias).map { Double($0 + $1) })
    var (argument, result) = (x, [Float](repeating: 0, count: count))
    mdlm_bias_gelu(&argument, bias, &result, 1, count)
    #expect(argument == zip(x, bias).map { $0 + $1 })
    #expect(relativeDeviation(result, z.gelu().values) <= 5e-7)

    var inPlace = argument
    inPlace.withPointer { mdlm_bias_gelu($0, nil, $0, 1, count) }
    #expect(inPlace == result)
  }

  /// s + x s (1 − s) · slope, where 1 − s loses 6e-8 to cancellation and x · slope reaches 30 before
  /// s is exactly one.
  @Test(arguments: kernelSizes) func geluSlope(count: Int) {
    var random = SplitMix64(2)
    let x = random.floats(count, in: -12...12)
    let upstream = random.floats(count)
    let step = 1e-5
    let expected = zip(x, upstream).map { x, upstream in
      let around = DoubleTensor(shape: [2], values: [Double(x) + step, Double(x) - step]).gelu()
      return Double(upstream) * (around.values[0] - around.values[1]) / (2 * step)
    }
    var result = upstream
    result.withPointer { mdlm_gelu_backward(x, $0, $0, count) }
    #expect(relativeDeviation(result.map { $0 + 1 }, expected.map { $0 + 1 }) <= 2e-6)
  }

  @Test(arguments: kernelSizes) func silu(count: Int) {
    var random = SplitMix64(3)
    let x = random.floats(count, in: -20...20)
    var result = x
    mdlm_silu(x, &result, count)
    let expected = DoubleTensor(shape: [count], values: x.map(Double.init)).silu()
    #expect(relativeDeviation(result, expected.values) <= 5e-7)
  }

  /// As above, 1 − s loses 6e-8, and x reaches 17 before s is exactly one.
  @Test(arguments: kernelSizes) func siluSlopeIsAdded(count: Int) {
    var random = SplitMix64(4)
    let (x, upstream) = (random.floats(count, in: -20...20), random.floats(count))
    let slopes = zip(x, upstream).map { x, upstream in
      let s = 1 / (1 + exp(-Double(x)))
      return Double(upstream) * (s + Double(x) * s * (1 - s))
    }
    var result = [Float](repeating: 2, count: count)
    mdlm_silu_backward(x, upstream, &result, 1, count)
    #expect(relativeDeviation(result, slopes.map { $0 + 2 }) <= 1e-6)
    mdlm_silu_backward(x, upstream, &result, 0, count)
    #expect(relativeDeviation(result, slopes) <= 2e-6)
  }
}
