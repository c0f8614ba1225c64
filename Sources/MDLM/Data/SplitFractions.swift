/// How much of one corpus is cut off its end for validation and for testing.
///
/// The training part comes first, then the validation part, then the test part.
public struct SplitFractions: Sendable, Equatable {
  public let validation: Double
  public let test: Double

  /// Makes fractions that leave something for training.
  ///
  /// - Parameters:
  ///   - validation: The share for validation, at least 0.
  ///   - test: The share for testing, at least 0.
  /// - Throws: ``InputError`` where a share is negative, no number, or they sum to 1 or more.
  public init(validation: Double = 0, test: Double = 0) throws(InputError) {
    for (key, fraction) in [("valid", validation), ("test", test)] {
      guard fraction >= 0, fraction < 1 else {
        throw InputError(
          .badConfiguration, "data.\(key)_fraction", found: "\(fraction)",
          expected: "at least 0 and less than 1", remedy: "Set it to 0.05, say")
      }
    }
    guard validation + test < 1 else {
      throw InputError(
        .badConfiguration, "data.valid_fraction",
        found: "\(validation), which leaves nothing for training beside test_fraction \(test)",
        expected: "fractions that sum to less than 1", remedy: "Lower one of them")
    }
    self.validation = validation
    self.test = test
  }

  /// Returns where validation and test begin among `count` characters, documents or tokens.
  ///
  /// Each is ⌊count × (share before it)⌋, with the shares taken as the decimal numbers that they
  /// were written as: 0.05 and 0.05 cut 20 at 18 and 19, which binary fractions would miss.
  public func boundaries(of count: Int) -> (validation: Int, test: Int) {
    let unit = 1_000_000_000.0
    let testShare = Int128((test * unit).rounded())
    let validationShare = Int128((validation * unit).rounded())
    func floored(_ share: Int128) -> Int {
      Int(Int128(count) * (Int128(unit) - share) / Int128(unit))
    }
    return (floored(testShare + validationShare), floored(testShare))
  }
}
