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

  /// A `case` over "command option place": the option is the nearest one before the cursor, and the
  /// place `1` right after it or `+` further on, where only a list takes values.
  private static func bash(_ commands: [CommandDefinition]) -> String {
    func action(_ format: ValueFormat?) -> String {
      switch format {
      case .file: "files=-f"
      case .directory: "files=-d"
      case .choice(let words): "words='\(words.joined(separator: " "))'"
      case .integer, .text, nil: ":"
      }
    }
    var cases: [String] = []
    for command in commands {
      for option in command.options where option.format != nil {
        let place = if case .list = option.kind { "?" } else { "1" }
        cases.append("'\(command.name) \(option.flag) '\(place)) \(action(option.format)) ;;")
      }
      let flags = (command.options.map(\.flag) + ["--help"]).joined(separator: " ")
      cases.append("'\(command.name) - '?) words='\(flags)' ;;")
      let other = command.arguments.first.map { action($0.format) } ?? "words='\(flags)'"
      cases.append("'\(command.name) '*) \(other) ;;")
    }
    return """
      _mdlm() {
        local current="${COMP_WORDS[COMP_CWORD]}" option='' place=1 words='' files='' i
        for ((i = COMP_CWORD - 1; i > 1; i--)); do
          case "${COMP_WORDS[i]}" in
            --*) option="${COMP_WORDS[i]}"; break ;;
            =) ;;  # bash makes three words of --name=value
            *) place=+ ;;
          esac
        done
        case "$current" in =) current='' ;; -*) option=- ;; esac
        if [ "$COMP_CWORD" -eq 1 ]; then
          words='\(commands.map(\.name).joined(separator: " ")) --help --version'
        else
          case "${COMP_WORDS[1]} $option $place" in
            \(cases.joined(separator: "\n      "))
          esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        [ -n "$files" ] || return 0
        local IFS=$'\\n'
        COMPREPLY=($(compgen "$files" -- "$current"))
        compopt -o filenames 2>/dev/null
      }
      complete -F _mdlm mdlm

      """
  }

  private static func zsh(_ commands: [CommandDefinition]) -> String {
    func value(_ metavar: String, _ format: ValueFormat) -> String {
      switch format {
      case .file: ":\(metavar):_files"
      case .directory: ":\(metavar):_files -/"
      case .choice(let words): ":\(metavar):(\(words.joined(separator: " ")))"
      case .integer, .text: ":\(metavar): "
      }
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
    let cases = commands.map { command in
      let specs =
        command.options.map(spec) + ["--help[Show the help.]"]
        + command.arguments.map { ":" + value($0.metavar, $0.format) }
      return "\(command.name)) _arguments \(specs.map(quoted).joined(separator: " ")) ;;"
    }
    return """
      #compdef mdlm
      _mdlm() {
        local -a commands=(\(commands.map { quoted("\($0.name):\($0.summary)") }.joined(separator: " ")))
        if (( CURRENT == 2 )); then _describe command commands; return; fi
        local command=$words[2]
        shift words; (( CURRENT-- ))
        case $command in
          \(cases.joined(separator: "\n    "))
        esac
      }
      if [[ $funcstack[1] == _mdlm ]]; then _mdlm; else compdef _mdlm mdlm; fi

      """
  }

  private static func fish(_ commands: [CommandDefinition]) -> String {
    func values(_ format: ValueFormat?) -> String {
      switch format {
      case .file: " -r -F"
      case .directory: " -x -a '(__fish_complete_directories)'"
      case .choice(let words): " -x -a '\(words.joined(separator: " "))'"
      case .integer, .text: " -x"
      case nil: ""
      }
    }
    var lines = ["complete -c mdlm -f"]
    for command in commands {
      lines.append(
        "complete -c mdlm -n __fish_use_subcommand -a \(command.name) -d "
          + quoted(command.summary))
      let start = "complete -c mdlm -n '__fish_seen_subcommand_from \(command.name)'"
      lines += command.options.map { option in
        "\(start) -l \(option.name)\(values(option.format)) -d \(quoted(option.help))"
      }
      lines += command.arguments.map { start + values($0.format) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
