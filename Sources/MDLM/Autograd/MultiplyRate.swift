/// Measures how fast this device multiplies matrices, in floating-point operations per second.
///
/// A product of 1024 × 1024 matrices on all threads, repeated for about a fifth of a second; the
/// fastest one counts. Used for forecasts only.
public func measuredMultiplyRate(on device: Device) -> Double {
  let size = 1024
  let a = Tensor(repeating: 0.5, shape: [size, size], on: device)
  let clock = ContinuousClock()
  var (best, spent) = (Duration.seconds(3600), Duration.zero)
  while spent < .milliseconds(200) {
    let time = clock.measure { _ = a.linear(a) }
    best = min(best, time)
    spent += time
  }
  return 2 * Double(size * size * size) / (best / .seconds(1))
}
