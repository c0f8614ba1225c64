import Testing

@testable import MDLM

struct NumberFormatTests {
  @Test(arguments: [
    (3e-3, "3.0e-3"), (0.00996, "1.0e-2"), (1, "1.0e0"), (-1234, "-1.2e3"), (0, "0"),
    (2.5e-308, "2.5e-308"), (.infinity, "inf"),
  ])
  func scientificHasTwoDigits(value: Double, text: String) {
    #expect(NumberFormat.scientific(value) == text)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (999.6, "1.00k"), (1000, "1.00k"), (12_345, "12.3k"),
    (99_960, "100k"), (999_499, "999k"), (999_999, "1.00M"), (1_234_567, "1.23M"),
    (169_627_218, "170M"), (4.56e9, "4.56G"), (5.24e11, "524G"), (7e12, "7.00T"),
    (1.5e16, "15000T"), (-12_345, "-12.3k"), (.nan, "nan"), (.infinity, "inf"),
  ])
  func countHasThreeDigits(value: Double, expected: String) {
    #expect(NumberFormat.count(value) == expected)
  }

  @Test(arguments: [
    (0, "0s"), (0.4, "0s"), (59.4, "59s"), (59.6, "1m 00s"), (245, "4m 05s"), (3599, "59m 59s"),
    (3600, "1h 00m"), (3725, "1h 02m"), (86_399, "23h 59m"), (86_400, "1d 00h"),
    (1_000_000, "11d 13h"), (-3, "0s"),
  ])
  func durationHasTwoUnits(seconds: Double, expected: String) {
    #expect(NumberFormat.duration(.seconds(seconds)) == expected)
  }

  @Test(arguments: [
    (2.0365, 3, "2.037"), (2.5, 2, "2.50"), (0.05, 1, "0.1"), (0.004, 2, "0.00"),
    (-0.004, 2, "0.00"),
    (-1.25, 1, "-1.3"), (1.999, 2, "2.00"), (12, 0, "12"), (1e30, 2, "1e+30"), (.nan, 2, "nan"),
    (-.infinity, 1, "-inf"),
  ])
  func fixedRounds(value: Double, digits: Int, expected: String) {
    #expect(NumberFormat.fixed(value, digits: digits) == expected)
  }

  @Test func throughputHasItsUnit() {
    #expect(NumberFormat.tokensPerSecond(12_345) == "12.3k tok/s")
  }
}
