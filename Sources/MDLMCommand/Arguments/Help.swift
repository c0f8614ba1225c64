/// The help pages, made from the tables of the commands.
enum Help {
  /// Columns that every page fits in.
  static let width = 80
  /// The column where descriptions begin.
  private static let margin = 26

  /// The page of the whole program.
  static func overview(of commands: [CommandDefinition]) -> String {
    let examples = [
      CommandDefinition.Example(
        "mdlm train --config configs/quickstart.json5 --output runs/first",
        "Train a small model into runs/first."),
      CommandDefinition.Example(
        "mdlm eval-ppl --checkpoint runs/first", "Measure its perplexity on the validation split."),
      CommandDefinition.Example(
        "mdlm sample --checkpoint runs/first --num-samples 3", "Write three samples."),
    ]
    return page([
      "mdlm trains, measures and samples masked diffusion language models.",
      list(examples),
      "Usage: mdlm COMMAND [options]",
      section("Commands", commands.map { ($0.name, $0.summary) }),
      section("Options", [("-h, --help", "Show this page."), ("--version", "Show the version.")]),
      section(
        "Exit codes", ExitCode.allCases.map { ("\($0.rawValue)", sentence($0.meaning)) }),
      "See 'mdlm help COMMAND' for the options of a command.",
    ])
  }

  /// The page of the commands whose names begin with the same word.
  static func page(ofGroup name: String, _ commands: [CommandDefinition]) -> String {
    page([
      list(commands.compactMap(\.examples.first)),
      "Usage: mdlm \(name) COMMAND [options]",
      section("Commands", commands.map { ($0.lastWord, $0.summary) }),
      section("Help", [("-h, --help", "Show this page, or that of a command.")]),
    ])
  }

  /// The page of one command.
  static func page(of command: CommandDefinition) -> String {
    var parts = [command.summary, list(command.examples), "Usage: \(command.usage)"]
    if !command.arguments.isEmpty {
      parts.append(section("Arguments", command.arguments.map { ($0.signature, $0.help) }))
    }
    parts += command.groups.map { group in
      section(group.title, group.options.map { ($0.signature, description(of: $0)) })
    }
    parts.append(section("Help", [("-h, --help", "Show this page.")]))
    return page(parts)
  }

  private static func description(of option: Option) -> String {
    switch option.defaultValue {
    case .value(let text), .described(let text): "\(option.help) (default: \(text))"
    case nil: option.isRequired ? "\(option.help) (required)" : option.help
    }
  }

  private static func page(_ parts: [String]) -> String {
    parts.joined(separator: "\n\n") + "\n"
  }

  private static func list(_ examples: [CommandDefinition.Example]) -> String {
    let lines = examples.map { example in
      "  \(example.line)\n" + wrap(example.purpose, indent: 6)
    }
    return "Examples:\n" + lines.joined(separator: "\n")
  }

  private static func section(_ title: String, _ rows: [(label: String, text: String)]) -> String {
    let lines = rows.map { label, text in
      let space = margin - 2 - label.unicodeScalars.count
      let description = wrap(text, indent: margin)
      return space >= 2
        ? "  " + label + String(repeating: " ", count: space) + description.dropFirst(margin)
        : "  \(label)\n\(description)"
    }
    return "\(title):\n" + lines.joined(separator: "\n")
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// Breaks `text` at spaces into lines of at most `width` columns, each indented.
  static func wrap(_ text: String, indent: Int) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let length = line.unicodeScalars.count + 1 + word.unicodeScalars.count
      if line.isEmpty {
        line = String(word)
      } else if indent + length <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    lines.append(line)
    let space = String(repeating: " ", count: indent)
    return lines.map { space + $0 }.joined(separator: "\n")
  }
}
