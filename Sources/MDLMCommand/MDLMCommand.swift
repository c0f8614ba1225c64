import MDLM

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The program `mdlm`.
@main
struct MDLMCommand {
  nonisolated static let version = "0.1.0"

  /// Every command, in the order of the help.
  nonisolated static let commands: [any Command.Type] = [
    Train.self, EvaluatePerplexity.self, Sample.self, Score.self, Report.self, ListRuns.self,
    Prepare.self, TokenizeTrain.self, TokenizeEncode.self, TokenizeDecode.self, Benchmark.self,
    Info.self, ShowConfiguration.self, PrintCompletion.self, ShowHelp.self,
  ]

  static func main() {
    // A closed pipe is told by the write that meets it.
    signal(SIGPIPE, SIG_IGN)
    exit(run(Array(CommandLine.arguments.dropFirst()), in: .process()).rawValue)
  }

  /// Runs one command line.
  ///
  /// - Parameters:
  ///   - words: The command line after the program's name.
  ///   - context: Where output and messages go.
  /// - Returns: The code to exit with; everything there is to say has been written.
  nonisolated static func run(_ words: [String], in context: CommandContext) -> ExitCode {
    do {
      try dispatch(words, in: context)
      return .success
    } catch {
      return report(error, for: words, in: context)
    }
  }

  nonisolated static var definitions: [CommandDefinition] { commands.map { $0.definition } }

  private nonisolated static func dispatch(_ words: [String], in context: CommandContext) throws {
    switch words.first {
    case nil:
      throw InputError(
        .usage, "mdlm", found: "no command",
        expected: definitions.firstWords.alternatives,
        remedy: "Write, for example, mdlm train --config configs/quickstart.json5")
    case "-h", "--help": try context.output.write(Help.overview(of: definitions))
    case "--version": try context.print("mdlm \(version)")
    default:
      let options = words.prefix { $0 != "--" }
      if options.contains(where: { $0 == "-h" || $0 == "--help" }) {
        try context.output.write(helpPage(for: options.prefix { !$0.hasPrefix("-") }))
      } else {
        let (command, rest) = try command(in: words[...])
        try run(command, Array(rest), in: context)
      }
    }
  }

  /// Finds the command that a line begins with: its first word, or its first two for a group.
  ///
  /// - Parameter words: The line after the program's name.
  /// - Returns: The command, and the words that follow its name.
  /// - Throws: ``InputError`` of category `usage` with the nearest name.
  nonisolated static func command(
    in words: ArraySlice<String>
  ) throws(InputError) -> (command: any Command.Type, rest: ArraySlice<String>) {
    let name = words.first ?? ""
    let group = definitions.group(name)
    let second = words.dropFirst().first
    if let second, let found = commands.first(where: { $0.definition.words == [name, second] }) {
      return (found, words.dropFirst(2))
    }
    if let found = commands.first(where: { $0.definition.name == name }) {
      return (found, words.dropFirst())
    }
    let candidates = group.isEmpty ? definitions.firstWords : group.map(\.lastWord)
    guard let typed = group.isEmpty ? name : second else {
      throw InputError(
        .usage, "mdlm \(name)", found: "no command", expected: candidates.alternatives,
        remedy: "Write, for example, \(group[0].examples[0].line)")
    }
    throw InputError(
      .usage, typed.quoted, found: "an unknown command", expected: candidates.alternatives,
      remedy: typed.correction(among: candidates, otherwise: "Choose one of them"))
  }

  /// The help of the program, of a group or of the command that `words` begin with.
  nonisolated static func helpPage(for words: ArraySlice<String>) throws(InputError) -> String {
    guard let first = words.first else { return Help.overview(of: definitions) }
    let group = definitions.group(first)
    if words.count == 1, !group.isEmpty { return Help.page(ofGroup: first, group) }
    return Help.page(of: try command(in: words).command.definition)
  }

  private nonisolated static func run(
    _ command: any Command.Type, _ words: [String], in context: CommandContext
  ) throws {
    let ready = try command.init(command.definition.parse(words))
    if command.definition.isLongRunning {
      context.interruption.watch()
      if context.isDebugBuild {
        context.note("this is a debug build; one made with -c release is many times faster")
      }
    }
    try ready.run(in: context)
  }

  /// Writes what went wrong, and tells the exit code that stands for it.
  nonisolated static func report(
    _ error: any Error, for words: [String], in context: CommandContext
  ) -> ExitCode {
    let errors: [InputError]
    switch error {
    case let error as InputError: errors = [error]
    case let several as InputErrors: errors = several.errors
    case let caught as Interruption.Caught: return caught.exitCode
    case is ClosedPipe: return .success
    default:
      context.error("\(error)")
      return .failure
    }
    for error in errors { context.error(error.description) }
    if errors.contains(where: { $0.category == .usage }) {
      let known = definitions.first { words.starts(with: $0.words) }?.name
      let group = words.first.flatMap { definitions.group($0).isEmpty ? nil : $0 }
      context.say("See 'mdlm \((known ?? group).map { $0 + " " } ?? "")--help'.")
    }
    return errors.first.map { ExitCode($0.category) } ?? .failure
  }
}
