/// The mean cross-entropy of masked tokens, in nats, by the tenth of their row that is masked.
public struct MaskedShareLosses: Sendable, Equatable {
  /// Tenths.
  public static let count = 10

  /// NaN where no token was masked.
  private let values: [Float]

  /// Takes ten values, NaN for none; nil for another number of them.
  init?(_ values: [Float]) {
    guard values.count == Self.count else { return nil }
    self.values = values
  }

  /// The loss of rows with a share above `tenth` tenths and up to the next, or nil where none was.
  public subscript(tenth: Int) -> Double? {
    values[tenth].isFinite ? Double(values[tenth]) : nil
  }

  public static func == (first: MaskedShareLosses, second: MaskedShareLosses) -> Bool {
    (0..<count).allSatisfy { first[$0] == second[$0] }
  }
}
