import MDLM
import Synchronization

@testable import MDLMCommand

/// A sink that keeps what is written.
final class MemorySink: TextSink {
  private let content = Mutex<[UInt8]>([])

  var bytes: [UInt8] { content.withLock { $0 } }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  func write(_ bytes: [UInt8]) { content.withLock { $0 += bytes } }
}

/// A pipe whose reader has gone.
struct ClosedSink: TextSink {
  func write(_ bytes: [UInt8]) throws { throw ClosedPipe() }
}

/// What one command line did, run inside this process.
struct CommandRun {
  let exitCode: ExitCode
  let outputBytes: [UInt8]
  let messages: String

  var output: String { String(decoding: outputBytes, as: UTF8.self) }

  /// Runs the words after `mdlm`, which are separated by spaces.
  init(_ line: String, isDebugBuild: Bool = false) {
    self.init(line.split(separator: " ").map(String.init), isDebugBuild: isDebugBuild)
  }

  init(_ words: [String], input: [UInt8] = [], isDebugBuild: Bool = false) {
    let (output, messages) = (MemorySink(), MemorySink())
    exitCode = MDLMCommand.run(
      words,
      in: .test(input: input, output: output, messages: messages, isDebugBuild: isDebugBuild))
    outputBytes = output.bytes
    self.messages = messages.text
  }
}

extension CommandContext {
  /// A context without a terminal and without signals.
  static func test(
    input: [UInt8] = [], output: any TextSink = MemorySink(), messages: any TextSink = MemorySink(),
    isDebugBuild: Bool = false
  ) -> CommandContext {
    CommandContext(
      readInput: { SourceText(input[...], name: "standard input") },
      output: output, messages: messages,
      terminal: Terminal(isTerminal: false) { _ in nil },
      interruption: Interruption(signals: []), isDebugBuild: isDebugBuild)
  }
}
