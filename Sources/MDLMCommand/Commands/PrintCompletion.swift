import MDLM

/// `mdlm completion`: a script that completes command lines in a shell.
struct PrintCompletion: Command {
  static let definition = CommandDefinition(
    name: "completion",
    summary: "Print a completion script for a shell.",
    examples: [
      .init("source <(mdlm completion bash)", "Complete in this bash."),
      .init(
        "mdlm completion bash > ~/.local/share/bash-completion/completions/mdlm",
        "Complete in every bash to come (with the bash-completion package)."),
      .init("mdlm completion zsh > ~/.zfunc/_mdlm", "For zsh, with ~/.zfunc in fpath."),
      .init(
        "mdlm completion fish > ~/.config/fish/completions/mdlm.fish", "For fish."),
    ],
    arguments: [
      Argument(
        "SHELL", .choice(of: ShellCompletion.self), isRequired: true, help: "bash, zsh or fish.")
    ])

  let shell: ShellCompletion

  init(_ arguments: ParsedArguments) { shell = arguments.argument() }

  func run(in context: CommandContext) throws {
    try context.print(shell.script(for: MDLMCommand.commands.map { $0.definition }))
  }
}
