import MDLM

/// A command of `mdlm`: a table that says what it takes, and what it took, ready to run.
protocol Command: Sendable {
  static var definition: CommandDefinition { get }

  /// Reads the values of one command line.
  ///
  /// - Parameter arguments: Values that the table's parser has checked one by one.
  /// - Throws: ``InputError`` of category `usage` for options that contradict each other.
  init(_ arguments: ParsedArguments) throws(InputError)

  /// Does the work.
  ///
  /// - Parameter context: The streams, the terminal and the signals.
  /// - Throws: ``InputError`` or ``InputErrors`` for mistakes in the input,
  ///   ``Interruption/Caught`` when a signal ended the work.
  func run(in context: CommandContext) throws
}
