import MDLM

/// What the text of a value must look like, which is also what a shell can offer for it.
enum ValueFormat: Sendable {
  case file
  case directory
  case integer(ClosedRange<Int>)
  /// A decimal number; the command checks what it may be.
  case number
  /// One of a closed set of words.
  case choice([String])
  /// Any text; the command checks what it says.
  case text

  /// The raw values of an enum as a closed set of words.
  static func choice<Choice>(of type: Choice.Type) -> ValueFormat
  where Choice: CaseIterable & RawRepresentable<String> {
    .choice(type.allCases.map(\.rawValue))
  }

  /// Checks one value.
  ///
  /// - Parameters:
  ///   - value: The text as it was typed.
  ///   - subject: The option or placeholder that messages name.
  ///   - example: A value that would do, for the remedy.
  /// - Throws: ``InputError`` of category `usage` that says what was expected.
  func check(_ value: String, of subject: String, example: String) throws(InputError) {
    func reject(expected: String, remedy: String) -> InputError {
      InputError(
        .usage, subject, found: value.isEmpty ? "an empty value" : value.quoted,
        expected: expected, remedy: remedy)
    }
    switch self {
    case .file, .directory, .text:
      if value.isEmpty { throw reject(expected: "some text", remedy: "Write \(example)") }
    case .integer(let range):
      guard let number = Int(value), range.contains(number) else {
        throw reject(expected: Self.describe(range), remedy: "Write, for example, \(example)")
      }
    case .number:
      guard let number = Double(value), number.isFinite else {
        throw reject(expected: "a number", remedy: "Write, for example, \(example)")
      }
    case .choice(let words):
      guard words.contains(value) else {
        throw reject(
          expected: words.alternatives,
          remedy: value.correction(among: words, otherwise: "Choose one of them"))
      }
    }
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}
