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
    Train.self, EvaluatePerplexity.self, Sample.self, Prepare.self, Benchmark.self,
    Info.self,
    ShowConfiguration.self, PrintCompletion.self, ShowHelp.self,
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
      return report(error, for: words.first, in: context)
    }
  }

  nonisolated static var overview: String { Help.overview(of: commands.map { $0.definition }) }

  /// Finds a command.
  ///
  /// - Parameter name: The word that was typed.
  /// - Returns: The command of that name.
  /// - Throws: ``InputError`` of category `usage` with the nearest name.
  nonisolated static func command(named name: String) throws(InputError) -> any Command.Type {
    if let command = commands.first(where: { $0.definition.name == name }) { return command }
    let names = commands.map { $0.definition.name }
    throw InputError(
      .usage, name.quoted, found: "an unknown command", expected: names.alternatives,
      remedy: name.correction(among: names, otherwise: "Choose one of them"))
  }

  private nonisolated static func dispatch(_ words: [String], in context: CommandContext) throws {
    switch words.first {
    case nil:
      throw InputError(
        .usage, "mdlm", found: "no command",
        expected: commands.map { $0.definition.name }.alternatives,
        remedy: "Write, for example, mdlm train --config configs/quickstart.json5")
    case "-h", "--help": try context.output.write(overview)
    case "--version": try context.print("mdlm \(version)")
    case let name?:
      let command = try command(named: name)
      let rest = Array(words.dropFirst())
      if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "-h" || $0 == "--help" }) {
        try context.output.write(Help.page(of: command.definition))
      } else {
        try run(command, rest, in: context)
      }
    }
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
    _ error: any Error, for name: String?, in context: CommandContext
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
      let known = commands.map { $0.definition.name }.first { $0 == name }
      context.say("See 'mdlm \(known.map { $0 + " " } ?? "")--help'.")
    }
    return errors.first.map { ExitCode($0.category) } ?? .failure
  }
}
