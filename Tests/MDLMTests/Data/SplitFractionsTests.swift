import Testing

@testable import MDLM

@Suite struct SplitFractionsTests {
  @Test(arguments: [
    (20, 18, 19), (10, 9, 9), (0, 0, 0), (1, 0, 0), (3_085_829, 2_777_246, 2_931_537),
    (100_000_000, 90_000_000, 95_000_000),
  ])
  func ninetyFiveFive(count: Int, validation: Int, test: Int) throws {
    let cuts = try SplitFractions(validation: 0.05, test: 0.05).boundaries(of: count)
    #expect(cuts == (validation, test))
  }

  @Test(arguments: [(0.1, 0.0, 9, 10), (0.0, 0.1, 9, 9), (0.0, 0.0, 10, 10), (0.3, 0.6, 1, 4)])
  func others(validation: Double, test: Double, first: Int, second: Int) throws {
    let fractions = try SplitFractions(validation: validation, test: test)
    #expect(fractions.boundaries(of: 10) == (first, second))
  }

  @Test(arguments: [
    (-0.1, 0.0, "data.valid_fraction"), (0.0, 1.0, "data.test_fraction"),
    (.nan, 0.0, "data.valid_fraction"), (0.0, .infinity, "data.test_fraction"),
    (0.5, 0.5, "data.valid_fraction"),
  ])
  func impossibleFractions(validation: Double, test: Double, key: String) {
    let error = #expect(throws: InputError.self) {
      try SplitFractions(validation: validation, test: test)
    }
    #expect(error?.category == .badConfiguration)
    #expect(error?.subject == key)
  }
}
