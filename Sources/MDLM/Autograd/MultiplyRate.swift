/// Measures how fast this device multiplies matrices, in floating-point operations per second.
///
/// Two square matrices on all threads, repeated; the median counts.
///
/// - Parameters:
///   - size: Rows and columns of the matrices; benchmarks take 2048.
///   - repetitions: Measured products, after one that warms up.
///   - device: The processor.
/// - Returns: Two operations for each multiply-add, over the time.
public func measuredMultiplyRate(
  size: Int = 1024, repetitions: Int = 9, on device: Device
) -> Double {
  require(size > 0 && repetitions > 0, "[measuredMultiplyRate] \(size)², \(repetitions) times")
  let a = Tensor(repeating: 0.5, shape: [size, size], on: device)
  let clock = ContinuousClock()
  let times = (0...repetitions).map { _ in clock.measure { _ = a.linear(a) } }.dropFirst().sorted()
  return 2 * Double(size * size * size) / (times[repetitions / 2] / .seconds(1))
}
