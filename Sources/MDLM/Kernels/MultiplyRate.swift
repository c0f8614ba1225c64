/// Measures how fast BLAS multiplies large matrices here, in floating-point operations per second.
///
/// Two square matrices, their rows split evenly over the threads and each part one call of sgemm,
/// repeated; the median counts. It is the yardstick of benchmarks and forecasts.
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
  let part = (size + device.threadCount - 1) / device.threadCount
  let clock = ContinuousClock()
  let times = device.buffers.withScratch(2 * size * size) { a in
    a.update(repeating: 0.5, count: size * size)
    let c = a + size * size
    return (0...repetitions).map { _ in
      clock.measure {
        device.workers.forEach(device.threadCount) { thread in
          let first = min(thread * part, size)
          let rows = min(part, size - first)
          sgemm(
            MatrixView(a + first * size, stride: size), MatrixView(a, stride: size),
            into: c + first * size, stride: size, rows: rows, columns: size, inner: size, beta: 0)
        }
      }
    }
  }
  return 2 * Double(size * size * size)
    / (times.dropFirst().sorted()[repetitions / 2] / .seconds(1))
}
