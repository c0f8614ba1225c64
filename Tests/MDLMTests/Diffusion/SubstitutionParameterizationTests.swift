import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct SubstitutionParameterizationTests {
  @Test(arguments: [0, 1, 2]) func maskGetsExactlyNothing(mask: Int) {
    var logits: [Float] = [1, 2, 3]
    logits[mask] = 1000
    let probabilities = SubstitutionParameterization(maskID: Int32(mask))
      .probabilities(logits: logits)
    #expect(probabilities[mask] == 0)
    #expect(abs(probabilities.reduce(0, +) - 1) <= 1e-15)
  }

  @Test func othersAreTheSoftmax() {
    let probabilities = SubstitutionParameterization(maskID: 2)
      .probabilities(logits: [500, 501, 9])
    #expect(abs(probabilities[1] / probabilities[0] - exp(1)) <= 1e-14)
  }
}
