import MDLM

/// `mdlm help`: the page of the program or of one command.
struct ShowHelp: Command {
  static let definition = CommandDefinition(
    name: "help",
    summary: "Show how to use a command.",
    examples: [.init("mdlm help train", "Show the options of mdlm train.")],
    arguments: [
      Argument(
        "COMMAND", .choice(others.map { $0.definition.name } + ["help"]), isRequired: false,
        help: "A command; without one, the list of all.")
    ])

  private static var others: [any Command.Type] {
    MDLMCommand.commands.filter { $0 != ShowHelp.self }
  }

  let page: String

  init(_ arguments: ParsedArguments) throws(InputError) {
    page =
      if let name = arguments.positional.first {
        Help.page(of: try MDLMCommand.command(named: name).definition)
      } else {
        MDLMCommand.overview
      }
  }

  func run(in context: CommandContext) throws { try context.output.write(page) }
}
