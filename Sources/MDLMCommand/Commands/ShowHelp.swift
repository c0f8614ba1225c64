import MDLM

/// `mdlm help`: the page of the program or of one command.
struct ShowHelp: Command {
  static let definition = CommandDefinition(
    name: "help",
    summary: "Show how to use a command.",
    examples: [.init("mdlm help train", "Show the options of mdlm train.")],
    arguments: [
      Argument(
        "COMMAND", .choice(definitions.firstWords), isRequired: false,
        help: "A command; without one, the list of all."),
      Argument(
        "SUBCOMMAND", .choice(definitions.filter { $0.words.count > 1 }.map(\.lastWord)),
        isRequired: false, help: "A command of a group, as in mdlm help tokenize train."),
    ])

  /// All commands but this one, whose definition asks for them, and its name.
  private static var definitions: [CommandDefinition] {
    MDLMCommand.commands.filter { $0 != ShowHelp.self }.map { $0.definition }
      + [CommandDefinition(name: "help", summary: "", examples: [])]
  }

  let page: String

  init(_ arguments: ParsedArguments) throws(InputError) {
    page = try MDLMCommand.helpPage(for: arguments.positional[...])
  }

  func run(in context: CommandContext) throws { try context.output.write(page) }
}
