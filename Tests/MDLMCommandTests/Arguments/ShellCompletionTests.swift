import Foundation
import Testing

@testable import MDLMCommand

/// Runs a script in a shell and returns what it prints.
private func run(_ shell: String, _ script: String, in directory: URL) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [shell, "-c", script]
  process.currentDirectoryURL = directory
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let text = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return String(decoding: text, as: UTF8.self)
}

private func isInstalled(_ shell: String) -> Bool {
  ["/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + shell)
  }
}

/// A directory with the completion scripts and things to complete, removed at the end.
private final class Playground {
  let directory = FileManager.default.temporaryDirectory.appending(
    path: "mdlm-completion-\(UUID().uuidString)")

  init() throws {
    let manager = FileManager.default
    try manager.createDirectory(
      at: directory.appending(path: "runs"), withIntermediateDirectories: true)
    try Data().write(to: directory.appending(path: "a b.txt"))
    for shell in ShellCompletion.allCases {
      let script = CommandRun("completion \(shell.rawValue)").output
      try Data(script.utf8).write(to: directory.appending(path: shell.rawValue))
    }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }
}

struct ShellCompletionTests {
  @Test(arguments: ShellCompletion.allCases)
  func scriptNamesEveryOption(shell: ShellCompletion) {
    let script = CommandRun("completion \(shell.rawValue)").output
    for option in MDLMCommand.commands.flatMap({ $0.definition.options }) {
      #expect(script.contains(shell == .fish ? " -l \(option.name) " : option.flag))
    }
  }

  @Test(arguments: ShellCompletion.allCases.filter { isInstalled($0.rawValue) })
  func shellAcceptsTheScript(shell: ShellCompletion) throws {
    let playground = try Playground()
    let name = shell.rawValue
    #expect(try run(name, "\(name) -n \(name) && echo fine", in: playground.directory) == "fine\n")
  }

  @Test(
    .enabled(if: isInstalled("bash")),
    arguments: [
      ("mdlm ev", "eval-ppl"),
      ("mdlm --v", "--version"),
      ("mdlm train --s", "--set,--stop-at"),
      ("mdlm train --config a", "a b.txt"),
      ("mdlm train --config = a", "a b.txt"),
      ("mdlm eval-ppl --weights ''", "ema,raw"),
      ("mdlm eval-ppl --weights =", "ema,raw"),
      ("mdlm eval-ppl --weights r", "raw"),
      ("mdlm eval-ppl --data x a", "a b.txt"),
      ("mdlm eval-ppl --data x --js", "--json"),
      ("mdlm sample --steps ''", ""),
      ("mdlm sample --checkpoint ''", "runs"),
      ("mdlm sample --checkpoint x --nu", "--num-samples"),
      ("mdlm config --json a", "a b.txt"),
      ("mdlm ru", "runs"),
      ("mdlm runs r", "runs"),
      ("mdlm runs --sort n", "name"),
      ("mdlm report --comp", "--compare"),
      ("mdlm completion z", "zsh"),
      ("mdlm help s", "sample,score"),
      ("mdlm tok", "tokenize"),
      ("mdlm tokenize ''", "train,encode,decode,--help"),
      ("mdlm tokenize en", "encode"),
      ("mdlm tokenize train --m", "--min-frequency"),
      ("mdlm tokenize train --data a", "a b.txt"),
      ("mdlm tokenize train --data x --documents s", "stream"),
      ("mdlm train --v", ""),
    ])
  func bashCompletes(words: String, expected: String) throws {
    let playground = try Playground()
    let script = """
      source ./bash
      COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      $(complete -p mdlm | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      IFS=,; echo "${COMPREPLY[*]}"
      """
    #expect(try run("bash", script, in: playground.directory) == expected + "\n")
  }

  @Test(
    .enabled(if: isInstalled("fish")),
    arguments: [
      ("mdlm ev", "eval-ppl"),
      ("mdlm train --s", "--set,--stop-at"),
      ("mdlm train --config a", "a b.txt"),
      ("mdlm eval-ppl --weights ", "ema,raw"),
      ("mdlm sample --checkpoint ", "runs/"),
      ("mdlm config a", "a b.txt"),
      ("mdlm completion z", "zsh"),
      ("mdlm tok", "tokenize"),
      ("mdlm tokenize en", "encode"),
      ("mdlm tokenize train --m", "--min-frequency"),
      ("mdlm tokenize train --stop", ""),
      ("mdlm train --min-f", ""),
    ])
  func fishCompletes(line: String, expected: String) throws {
    let playground = try Playground()
    let script = "source ./fish; complete -C '\(line)' | string split -f 1 \\t | string join ,"
    let output = try run("fish", script, in: playground.directory)
    #expect(output == (expected.isEmpty ? "" : expected + "\n"))
  }
}
