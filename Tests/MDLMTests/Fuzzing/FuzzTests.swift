import Testing

/// Damaged files of every kind lead to a value or to an error that explains, and to nothing else.
///
/// A few thousand inputs each time; `scripts/fuzz` reads a million, and one input by its number.
@Suite(.releaseOnly) struct FuzzTests {
  @Test func everyInputIsReadOrRefused() throws {
    for failure in try FuzzRun.failures() { Issue.record("\(failure)") }
  }
}
