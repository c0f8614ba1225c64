import MDLM

extension CommandDefinition {
  /// Reads the words that follow the command's name.
  ///
  /// Accepts `--name value`, `--name=value` and, after `--`, arguments that begin with a dash.
  ///
  /// - Parameter words: The command line after the command's name.
  /// - Returns: Values that all fit the formats of the table.
  /// - Throws: ``InputError`` of category `usage` for the first word that cannot be used.
  func parse(_ words: [String]) throws(InputError) -> ParsedArguments {
    var values: [String: [String]] = [:]
    var positional: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      } else if word.isOption {
        try parseOption(word, rest: &rest, into: &values)
      } else {
        positional.append(word)
      }
    }
    try check(positional)
    for option in options where option.isRequired && values[option.name] == nil {
      throw missing(option.flag, form: option.signature)
    }
    return ParsedArguments(definition: self, values: values, positional: positional)
  }

  private func parseOption(
    _ word: String, rest: inout ArraySlice<String>, into values: inout [String: [String]]
  ) throws(InputError) {
    let equals = word.firstIndex(of: "=")
    let flag = String(word[..<(equals ?? word.endIndex)])
    let attached = equals.map { String(word[word.index(after: $0)...]) }
    guard let option = options.first(where: { $0.flag == flag }) else { throw unknown(flag) }

    switch option.kind {
    case .flag, .value:
      if values[option.name] != nil {
        throw InputError(
          .usage, flag, found: "it more than once", expected: "it once",
          remedy: "Keep one of them")
      }
    case .repeatable, .list: break
    }
    guard let format = option.format else {
      if let attached {
        throw InputError(
          .usage, flag, found: "the value \(attached.quoted)", expected: "no value",
          remedy: "Write \(flag) alone")
      }
      values[option.name] = []
      return
    }
    let given =
      if let attached { [attached] } else { try takeValues(of: option, from: &rest) }
    for value in given { try format.check(value, of: flag, example: option.example) }
    values[option.name, default: []] += given
  }

  /// Takes the words that follow `option`: one, or for a list all up to the next option.
  private func takeValues(
    of option: Option, from rest: inout ArraySlice<String>
  ) throws(InputError) -> [String] {
    let limit = if case .list = option.kind { Int.max } else { 1 }
    let given = Array(rest.prefix(limit).prefix { !$0.isOption })
    rest = rest.dropFirst(given.count)
    if given.isEmpty {
      throw InputError(
        .usage, option.flag,
        found: rest.first.map { "\($0.quoted) in place of a value" } ?? "no value",
        expected: option.signature, remedy: "Write \(option.example)")
    }
    return given
  }

  private func check(_ positional: [String]) throws(InputError) {
    for (word, argument) in zip(positional, arguments) {
      try argument.format.check(word, of: argument.metavar, example: argument.metavar)
    }
    if let last = arguments.last, last.isRepeated {
      for word in positional.dropFirst(arguments.count) {
        try last.format.check(word, of: last.metavar, example: last.metavar)
      }
    } else if let extra = positional.dropFirst(arguments.count).first {
      let expected = arguments.last.map { "nothing after \($0.metavar)" } ?? "options only"
      let meant = options.first { $0.name == extra }.map {
        "Did you mean \($0.signature)? Correct it"
      }
      throw InputError(
        .usage, extra.quoted, found: "an unexpected argument", expected: expected,
        remedy: meant ?? "Leave it out, or put the option it belongs to before it")
    }
    for argument in arguments.dropFirst(positional.count) where argument.isRequired {
      throw missing(argument.metavar, form: argument.metavar)
    }
  }

  private func missing(_ what: String, form: String) -> InputError {
    InputError(
      .usage, "mdlm \(name)", found: "no \(what)", expected: form,
      remedy: "Write, for example, \(examples.first?.line ?? usage)")
  }

  private func unknown(_ flag: String) -> InputError {
    InputError(
      .usage, flag.quoted, found: "an unknown option", expected: "an option of mdlm \(name)",
      remedy: flag.correction(
        among: options.map(\.flag) + ["--help"], otherwise: "Leave it out"))
  }
}

extension Option {
  /// The option with a value that would do.
  fileprivate var example: String {
    switch (format, defaultValue) {
    case (.integer, .value(let value)): "\(flag) \(value)"
    case (.integer(let range), _): "\(flag) \(max(range.lowerBound, min(range.upperBound, 1)))"
    default: "\(flag) \(metavar)"
    }
  }
}

extension String {
  /// Whether the word is read as an option: a dash before anything but a number.
  fileprivate var isOption: Bool {
    guard hasPrefix("-"), let next = dropFirst().first else { return false }
    return !next.isNumber && next != "."
  }
}
