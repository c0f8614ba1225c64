/// Stops the program with `message` when `condition` does not hold, in release builds too.
///
/// For programmer mistakes only, such as shapes that do not fit: `message` names the operation and
/// both shapes. Mistakes in files, configs and data are thrown as ``InputError`` instead.
/// (`precondition` drops its message under `-O`.)
@inlinable
public func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #file, line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
