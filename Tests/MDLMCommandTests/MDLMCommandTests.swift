import MDLM
import Testing

@testable import MDLMCommand

struct MDLMCommandTests {
  @Test(
    arguments: [
      (InputError.Category.usage, 64), (.badData, 65), (.missingInput, 66), (.cannotWrite, 73),
      (.badConfiguration, 78),
    ] as [(InputError.Category, Int32)])
  func categoryHasItsExitCode(category: InputError.Category, code: Int32) {
    #expect(ExitCode(category).rawValue == code)
  }

  @Test func versionIsOneLine() {
    let run = CommandRun("--version")
    #expect(run.output == "mdlm \(MDLMCommand.version)\n")
    #expect(run.exitCode == .success)
  }

  @Test(arguments: [
    (
      "",
      """
      error: mdlm: found no command, expected train, eval-ppl, sample, score, report, runs, prepare, tokenize, bench, info, config, completion or \
      help. Write, for example, mdlm train --config configs/quickstart.json5.
      See 'mdlm --help'.

      """
    ),
    (
      "trian --config a",
      """
      error: 'trian': found an unknown command, expected train, eval-ppl, sample, score, report, runs, prepare, tokenize, bench, info, config, \
      completion or help. Did you mean train? Correct it.
      See 'mdlm --help'.

      """
    ),
    (
      "--json",
      """
      error: '--json': found an unknown command, expected train, eval-ppl, sample, score, report, runs, prepare, tokenize, bench, info, config, \
      completion or help. Choose one of them.
      See 'mdlm --help'.

      """
    ),
    (
      "train",
      """
      error: mdlm train: found no --config, expected --config FILE. Write, for example, mdlm train \
      --config configs/quickstart.json5.
      See 'mdlm train --help'.

      """
    ),
    (
      "help evalppl",
      """
      error: COMMAND: found 'evalppl', expected train, eval-ppl, sample, score, report, runs, prepare, tokenize, bench, info, config, completion \
      or help. Did you mean eval-ppl? Correct it.
      See 'mdlm help --help'.

      """
    ),
  ])
  func usageMistakeIsExplainedOnStandardError(line: String, messages: String) {
    let run = CommandRun(line)
    #expect(run.exitCode == .usage)
    #expect(run.messages == messages)
    #expect(run.output.isEmpty)
  }

  @Test func everyInputErrorHasItsLine() {
    let errors = InputErrors([
      InputError(.badConfiguration, "a.json5:1:2", found: "x", expected: "y", remedy: "Do it"),
      InputError(.usage, "--set", found: "p", expected: "q", remedy: "Do that"),
    ])
    let messages = MemorySink()
    let code = MDLMCommand.report(errors, for: ["config"], in: .test(messages: messages))
    #expect(code == .badConfiguration)
    #expect(
      messages.text == """
        error: a.json5:1:2: found x, expected y. Do it.
        error: --set: found p, expected q. Do that.
        See 'mdlm config --help'.

        """)
  }

  @Test func unforeseenErrorIsAFailure() {
    struct Surprise: Error {}
    let messages = MemorySink()
    let code = MDLMCommand.report(Surprise(), for: ["train"], in: .test(messages: messages))
    #expect(code == .failure)
    #expect(messages.text == "error: Surprise()\n")
  }

  @Test(arguments: [ExitCode.interrupted, .terminated])
  func interruptionIsSilent(code: ExitCode) {
    let messages = MemorySink()
    let caught = Interruption.Caught(exitCode: code)
    #expect(MDLMCommand.report(caught, for: ["train"], in: .test(messages: messages)) == code)
    #expect(messages.text.isEmpty)
  }

  @Test func closedPipeEndsQuietly() {
    let messages = MemorySink()
    let context = CommandContext.test(output: ClosedSink(), messages: messages)
    #expect(MDLMCommand.run(["--help"], in: context) == .success)
    #expect(messages.text.isEmpty)
  }

  @Test func lostMessagesDoNotEndTheWork() {
    let context = CommandContext.test(messages: ClosedSink())
    #expect(MDLMCommand.run(["nonsense"], in: context) == .usage)
  }

  @Test(arguments: [("sample --checkpoint a", true), ("config a.json5", false)])
  func debugBuildIsMentionedForLongWork(line: String, expected: Bool) {
    #expect(CommandRun(line, isDebugBuild: true).messages.contains("debug build") == expected)
    #expect(!CommandRun(line).messages.contains("debug build"))
  }
}
