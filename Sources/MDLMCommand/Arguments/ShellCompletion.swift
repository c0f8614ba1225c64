/// The shells that can complete command lines of `mdlm`, with a script for each from the tables.
enum ShellCompletion: String, CaseIterable, Sendable {
  case bash, zsh, fish

  func script(for commands: [CommandDefinition]) -> String {
    switch self {
    case .bash: Self.bash(commands)
    case .zsh: Self.zsh(commands)
    case .fish: Self.fish(commands)
    }
  }

  /// A `case` over "index:command option place": the command has two words where it belongs to a
  /// group, the option is the nearest one before the cursor, and the place `1` right after it or `+`
  /// further on, where only a list takes values.
  private static func bash(_ commands: [CommandDefinition]) -> String {
    func action(_ format: ValueFormat?) -> String {
      offer(format, "files=-f", "files=-d", words: { "words='\($0)'" }, nothing: ":")
    }
    let names = commands.firstWords.joined(separator: " ")
    var cases = ["1:*) words='\(names) --help --version' ;;"]
    for group in commands.groupNames {
      let names = commands.group(group).map(\.lastWord).joined(separator: " ")
      cases.append("2:\(group)' '*) words='\(names) --help' ;;")
    }
    for command in commands {
      for option in command.options where option.format != nil {
        let place = if case .list = option.kind { "?" } else { "1" }
        cases.append("*':\(command.name) \(option.flag) '\(place)) \(action(option.format)) ;;")
      }
      let flags = (command.options.map(\.flag) + ["--help"]).joined(separator: " ")
      cases.append("*':\(command.name) - '?) words='\(flags)' ;;")
      let other = command.arguments.first.map { action($0.format) } ?? "words='\(flags)'"
      cases.append("*':\(command.name) '*) \(other) ;;")
    }
    let groups = commands.groupNames.map { "*' \($0)'" }.joined(separator: "|")
    return """
      _mdlm() {
        local current="${COMP_WORDS[COMP_CWORD]}" command="${COMP_WORDS[1]}" option='' place=1
        local words='' files='' i
        case "$COMP_CWORD $command" in
          [12]' '*) ;; \(groups)) command+=" ${COMP_WORDS[2]}" ;;
        esac
        for ((i = COMP_CWORD - 1; i > 1; i--)); do
          case "${COMP_WORDS[i]}" in
            --*) option="${COMP_WORDS[i]}"; break ;;
            =) ;; *) place=+ ;;  # bash makes three words of --name=value
          esac
        done
        case "$current" in =) current='' ;; -*) option=- ;; esac
        case "$COMP_CWORD:$command $option $place" in
          \(cases.joined(separator: "\n    "))
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        [ -n "$files" ] || return 0
        local IFS=$'\\n'
        COMPREPLY=($(compgen "$files" -- "$current")); compopt -o filenames 2>/dev/null
      }
      complete -F _mdlm mdlm
      """
  }

  private static func zsh(_ commands: [CommandDefinition]) -> String {
    func value(_ metavar: String, _ format: ValueFormat) -> String {
      ":\(metavar):" + offer(format, "_files", "_files -/", words: { "(\($0))" }, nothing: " ")
    }
    func spec(_ option: Option) -> String {
      let help = option.help.map { "[]:\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
      return switch option.kind {
      case .flag: "\(option.flag)[\(help)]"
      case .value(let format): "\(option.flag)=[\(help)]" + value(option.metavar, format)
      case .repeatable(let format): "*\(option.flag)=[\(help)]" + value(option.metavar, format)
      case .list(let format): "*\(option.flag)=[\(help)]:*-*" + value(option.metavar, format)
      }
    }
    let names = commands.firstWords.map { word in
      let summary = commands.first { $0.name == word }?.summary
      return quoted("\(word):\(summary ?? commands.group(word).map(\.lastWord).alternatives)")
    }
    let groups = commands.groupNames.map { group in
      let names = commands.group(group).map { quoted("\($0.lastWord):\($0.summary)") }
      return "\(group)) commands=(\(names.joined(separator: " "))) ;;"
    }
    let cases = commands.map { command in
      let arguments = command.arguments.map { argument in
        (argument.isRepeated ? "*" : ":") + value(argument.metavar, argument.format)
      }
      let specs = command.options.map(spec) + ["--help[Show the help.]"] + arguments
      return "\(quoted(command.name))) _arguments \(specs.map(quoted).joined(separator: " ")) ;;"
    }
    return """
      #compdef mdlm
      _mdlm() {
        local -a commands=(\(names.joined(separator: " ")))
        if (( CURRENT == 2 )); then _describe command commands; return; fi
        local command=$words[2]; shift words; (( CURRENT-- ))
        commands=()
        case $command in
          \(groups.joined(separator: "\n    "))
        esac
        if (( $#commands )); then
          if (( CURRENT == 2 )); then _describe command commands; return; fi
          command+=" $words[2]"; shift words; (( CURRENT-- ))
        fi
        case $command in
          \(cases.joined(separator: "\n    "))
        esac
      }
      if [[ $funcstack[1] == _mdlm ]]; then _mdlm; else compdef _mdlm mdlm; fi
      """
  }

  private static func fish(_ commands: [CommandDefinition]) -> String {
    func values(_ format: ValueFormat) -> String {
      let directories = " -x -a '(__fish_complete_directories)'"
      return offer(format, " -r -F", directories, words: { " -x -a '\($0)'" }, nothing: " -x")
    }
    let seen = "__fish_seen_subcommand_from"
    var lines = ["complete -c mdlm -f"]
    func add(_ word: String, when condition: String, _ summary: String) {
      lines.append("complete -c mdlm -n '\(condition)' -a \(word) -d \(quoted(summary))")
    }
    for word in commands.firstWords {
      let summary = commands.first { $0.name == word }?.summary
      add(
        word, when: "__fish_use_subcommand",
        summary ?? commands.group(word).map(\.lastWord).alternatives)
    }
    let groups = commands.groupNames
    for group in groups {
      let members = commands.group(group)
      let none = "not \(seen) \(members.map(\.lastWord).joined(separator: " "))"
      for member in members {
        add(member.lastWord, when: "\(seen) \(group); and \(none)", member.summary)
      }
    }
    for command in commands {
      // The second word of a group may be the name of another command.
      let others = groups.filter { $0 != command.words.first }
      let conditions =
        command.words.map { "\(seen) \($0)" }
        + (others.isEmpty ? [] : ["not \(seen) \(others.joined(separator: " "))"])
      let start = "complete -c mdlm -n '\(conditions.joined(separator: "; and "))'"
      lines += command.options.map { option in
        "\(start) -l \(option.name)\(option.format.map(values) ?? "") -d \(quoted(option.help))"
      }
      lines += command.arguments.map { start + values($0.format) }
    }
    return lines.joined(separator: "\n")
  }

  /// What a script says to offer files, directories, words separated by spaces, or nothing.
  private static func offer(
    _ format: ValueFormat?, _ files: String, _ directories: String, words: (String) -> String,
    nothing: String
  ) -> String {
    switch format {
    case .file: files
    case .directory: directories
    case .choice(let choices): words(choices.joined(separator: " "))
    case .integer, .number, .text, nil: nothing
    }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
