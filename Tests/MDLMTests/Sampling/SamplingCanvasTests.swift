import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a token is chosen from logits.
struct SamplingCanvasTests {
  private func draw(_ logits: [Float], _ uniform: Double, excluding excluded: Int32) -> Int32 {
    logits.withUnsafeBufferPointer { $0.draw(uniform: uniform, excluding: excluded) }
  }

  /// Probabilities 0.25, 0 (the mask), 0.25, 0.5.
  @Test(arguments: [(0, 0), (0.2499, 0), (0.2501, 2), (0.4999, 2), (0.5001, 3), (1 - 0x1p-53, 3)])
  func tokensDivideTheUnitInterval(uniform: Double, token: Int32) {
    #expect(draw([0, 50, 0, logf(2)], uniform, excluding: 1) == token)
  }

  @Test(arguments: [0, 0.5, 1 - 0x1p-53]) func impossibleTokensAreNotDrawn(uniform: Double) {
    #expect(draw([-.infinity, 1, -2000, 7], uniform, excluding: 3) == 1)
  }

  @Test(arguments: [Int32(0), 2]) func likeliestIsTheFirstOfTheLargest(excluded: Int32) {
    var logits: [Float] = [1, 3, 3, 3]
    logits[Int(excluded)] = 9
    #expect(logits.withUnsafeBufferPointer { $0.likeliest(excluding: excluded) } == 1)
  }
}
