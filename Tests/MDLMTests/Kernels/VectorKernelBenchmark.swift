import Foundation
import Testing

@testable import CVectorKernels
@testable import MDLM

/// Why the element-wise loops are C: prints how much faster they are than the same loops in Swift.
///
/// Asserts nothing about time; run it with
/// `MDLM_BENCHMARK=1 swift test -c release --filter VectorKernelBenchmark`.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["MDLM_BENCHMARK"] != nil, "set MDLM_BENCHMARK=1"),
  .serialized)
struct VectorKernelBenchmark {
  private let count = 1 << 16
  private let width = 256

  @Test func gelu() {
    compare("GELU") { x, y in
      for index in 0..<count {
        let v = x[index]
        let u = 1.5957691216057308 * (v + 0.044715 * v * v * v)
        y[index] = v / (1 + Self.exponential(-u))
      }
    } kernel: { x, y in
      mdlm_bias_gelu(x, nil, y, count / width, width)
    }
  }

  @Test func layerNormalization() {
    let gain = [Float](repeating: 1, count: width)
    var statistics = [Float](repeating: 0, count: 2 * count / width)
    let rows = count / width
    compare("layer norm") { x, y in
      for row in 0..<rows {
        let (source, target) = (x + row * width, y + row * width)
        var (sums, squares) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
        for column in stride(from: 0, to: width, by: 16) {
          sums += Self.load(source + column)
        }
        let mean = sums.sum() / Float(width)
        for column in stride(from: 0, to: width, by: 16) {
          let centred = Self.load(source + column) - mean
          squares += centred * centred
        }
        let scale = 1 / (squares.sum() / Float(width) + 1e-5).squareRoot()
        for column in 0..<width { target[column] = (source[column] - mean) * scale * gain[column] }
      }
    } kernel: { x, y in
      statistics.withUnsafeMutableBufferPointer { statistics in
        guard let mean = statistics.baseAddress else { return }
        mdlm_layer_norm(x, gain, nil, y, mean, mean + rows, 1e-5, rows, width)
      }
    }
  }

  @Test func residual() {
    let gate = [Float](repeating: 0.5, count: width)
    compare("gated add") { x, y in
      for row in 0..<count / width {
        for column in 0..<width {
          y[row * width + column] = y[row * width + column] + gate[column] * x[row * width + column]
        }
      }
    } kernel: { x, y in
      mdlm_gated_add(y, gate, x, y, count / width, width)
    }
  }

  @Test func dropout() {
    let key = RandomKey(seed: 1, stream: .feedForwardDropout)
    let addresses = Array(0..<UInt32(count / width))
    let threshold = UInt32(0.1 * 0x1p32)
    compare("dropout") { x, y in
      for row in 0..<count / width {
        for column in stride(from: 0, to: width, by: 4) {
          let words = philox(
            SIMD4(UInt32(column / 4), addresses[row], key.step, key.stream.rawValue),
            key: key.words)
          for word in 0..<4 {
            let index = row * width + column + word
            y[index] = words[word] < threshold ? 0 : x[index] * (1 / 0.9)
          }
        }
      }
    } kernel: { x, y in
      mdlm_dropout(
        x, y, 0.1, [key.words.x, key.words.y], key.step, key.stream.rawValue, addresses,
        count / width, width)
    }
  }

  /// Prints the ratio of the medians of alternating runs.
  private func compare(
    _ name: String, swift: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    kernel: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let x = UnsafeMutablePointer<Float>.allocate(capacity: count)
    let y = UnsafeMutablePointer<Float>.allocate(capacity: count)
    defer {
      x.deallocate()
      y.deallocate()
    }
    for index in 0..<count { x[index] = Float(index % 97) / 24 - 2 }
    y.update(repeating: 0, count: count)
    let clock = ContinuousClock()
    var times: [[Duration]] = [[], []]
    for _ in 0..<101 {
      times[0].append(clock.measure { swift(x, y) })
      times[1].append(clock.measure { kernel(x, y) })
    }
    let medians = times.map { $0.sorted()[50] / .nanoseconds(1) / Double(count) }
    print(
      "\(name): Swift \(medians[0]) ns, C \(medians[1]) ns an element; ratio "
        + "\(medians[0] / medians[1])")
  }

  private static func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
  }

  /// The polynomial of the C kernels, so that the comparison is about instructions, not algorithms.
  private static func exponential(_ argument: Float) -> Float {
    let x = min(max(argument, -87.3), 88.7)
    let shifted = x * 1.442695 + 12_582_912
    let n = shifted - 12_582_912
    let r = x - n * 0.6931458 - n * 1.4286068e-6
    var p: Float = 1 / 5040
    for coefficient: Float in [1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1, 1] {
      p = p * r + coefficient
    }
    return p * Float(bitPattern: UInt32(bitPattern: (Int32(n) + 127) << 23))
  }
}
