/// A mistake in the world outside the program: a file, a config, data or a flag.
///
/// Every one states the same four facts, so that a reader can act on it: where, what was found, what
/// was expected, and how to fix it.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of mistake it is; the command maps it to an exit code.
  public enum Category: String, Sendable, CaseIterable {
    /// A command-line flag or argument that cannot be used (exit code 64).
    case usage
    /// A file whose content cannot be used (exit code 65).
    case badData
    /// A file or directory that is not there or cannot be read (exit code 66).
    case missingInput
    /// A place that cannot be written (exit code 73).
    case cannotWrite
    /// A configuration that cannot be used (exit code 78).
    case badConfiguration
  }

  public var category: Category
  /// The file (with line and column where they are known), the flag or the key path.
  public var subject: String
  public var found: String
  public var expected: String
  /// One imperative sentence without its full stop.
  public var remedy: String
  /// Lines that follow the sentence, such as the differences of two configurations.
  public var details: [String]

  public init(
    _ category: Category, _ subject: String, found: String, expected: String, remedy: String,
    details: [String] = []
  ) {
    self.category = category
    self.subject = subject
    self.found = found
    self.expected = expected
    self.remedy = remedy
    self.details = details
  }

  public var description: String {
    (["\(subject): found \(found), expected \(expected). \(remedy)."] + details.map { "  \($0)" })
      .joined(separator: "\n")
  }
}

/// Several mistakes found in one pass, reported together.
public struct InputErrors: Error, Equatable, Sendable, CustomStringConvertible {
  public var errors: [InputError]

  public init(_ errors: [InputError]) { self.errors = errors }

  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
