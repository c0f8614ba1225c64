import Synchronization

@testable import MDLMCommand

/// A sink that keeps what is written.
final class MemorySink: TextSink {
  private let content = Mutex("")

  var text: String { content.withLock { $0 } }

  func write(_ text: String) { content.withLock { $0 += text } }
}

/// A pipe whose reader has gone.
struct ClosedSink: TextSink {
  func write(_ text: String) throws { throw ClosedPipe() }
}

/// What one command line did, run inside this process.
struct CommandRun {
  let exitCode: ExitCode
  let output: String
  let messages: String

  /// Runs the words after `mdlm`, which are separated by spaces.
  init(_ line: String, isDebugBuild: Bool = false) {
    self.init(line.split(separator: " ").map(String.init), isDebugBuild: isDebugBuild)
  }

  init(_ words: [String], isDebugBuild: Bool = false) {
    let (output, messages) = (MemorySink(), MemorySink())
    exitCode = MDLMCommand.run(
      words, in: .test(output: output, messages: messages, isDebugBuild: isDebugBuild))
    self.output = output.text
    self.messages = messages.text
  }
}

extension CommandContext {
  /// A context without a terminal and without signals.
  static func test(
    output: any TextSink = MemorySink(), messages: any TextSink = MemorySink(),
    isDebugBuild: Bool = false
  ) -> CommandContext {
    CommandContext(
      output: output, messages: messages,
      terminal: Terminal(isTerminal: false) { _ in nil },
      interruption: Interruption(signals: []), isDebugBuild: isDebugBuild)
  }
}
