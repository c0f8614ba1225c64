import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct TimestepEmbeddingTests {
  /// What a network without time conditioning always reads: cos 0 and sin 0.
  @Test func levelZeroIsOnesAndZeros() {
    let expected = [Float](repeating: 1, count: 128) + [Float](repeating: 0, count: 128)
    #expect(TimestepEmbedding.sinusoid(0) == expected)
  }

  /// Cosines before sines, frequencies from 1 down to almost 1/10000.
  @Test(arguments: [Float(0.001), 0.7, 6.9]) func levelsAreSinusoids(level: Float) {
    let expected = (0..<256).map { index -> Double in
      let angle = Double(level) * pow(10000, -Double(index % 128) / 128)
      return index < 128 ? cos(angle) : sin(angle)
    }
    #expect(relativeDeviation(TimestepEmbedding.sinusoid(level), expected) <= 1e-6)
  }
}
