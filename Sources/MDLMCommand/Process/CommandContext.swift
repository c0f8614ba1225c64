import MDLM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a command needs from the process around it; tests put memory in its place.
struct CommandContext: Sendable {
  /// Reads standard input to its end.
  let readInput: @Sendable () throws(InputError) -> SourceText
  /// Standard output: data only.
  let output: any TextSink
  /// Standard error: messages and progress.
  let messages: any TextSink
  /// How `messages` are shown.
  let terminal: Terminal
  let interruption: Interruption
  let isDebugBuild: Bool

  /// The streams and signals of this process.
  static func process() -> CommandContext {
    CommandContext(
      readInput: { () throws(InputError) in
        SourceText(try SourceText(contentsOf: "/dev/stdin").bytes, name: "standard input")
      },
      output: FileDescriptorSink.standardOutput,
      messages: FileDescriptorSink.standardError,
      terminal: Terminal(descriptor: STDERR_FILENO),
      interruption: Interruption(signals: [SIGINT, SIGTERM]),
      isDebugBuild: isDebug)
  }

  private static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// Writes one line of data.
  func print(_ line: String) throws { try output.write(line + "\n") }

  /// Writes one line that helps and may be ignored.
  func note(_ text: String) { say("\(terminal.styled("note:", .bold)) \(text)") }

  /// Writes one line that says why the command ends.
  func error(_ text: String) { say("\(terminal.styled("error:", .red)) \(text)") }

  /// Writes one line of messages; a reader that has gone must not end the work.
  func say(_ line: String) { try? messages.write(line + "\n") }
}
