/// Everything that is said about a command in one table: its help, its parser and its completion.
struct CommandDefinition: Sendable {
  /// A command line worth copying, and what it does.
  struct Example: Sendable {
    let line: String
    let purpose: String

    init(_ line: String, _ purpose: String) {
      self.line = line
      self.purpose = purpose
    }
  }

  /// Options that belong together, under one heading of the help.
  struct Group: Sendable {
    let title: String
    let options: [Option]

    init(_ title: String, _ options: [Option]) {
      self.title = title
      self.options = options
    }
  }

  /// One word, or two where it belongs to a group: `tokenize train`.
  let name: String
  /// One sentence for the list of commands.
  let summary: String
  let examples: [Example]
  let arguments: [Argument]
  let groups: [Group]
  /// Whether it runs the network: Ctrl-C then ends it in good order, and debug builds warn.
  let isLongRunning: Bool

  init(
    name: String, summary: String, examples: [Example], arguments: [Argument] = [],
    groups: [Group] = [], isLongRunning: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.examples = examples
    self.arguments = arguments
    self.groups = groups
    self.isLongRunning = isLongRunning
  }

  /// The words of its name.
  var words: [String] { name.split(separator: " ").map(String.init) }
  var lastWord: String { words.last ?? "" }

  var options: [Option] { groups.flatMap(\.options) }

  /// The line that shows what must be given, such as `mdlm train --config FILE [options]`.
  var usage: String {
    var words = ["mdlm", name]
    words += arguments.map { $0.isRequired ? $0.signature : "[\($0.signature)]" }
    words += options.filter(\.isRequired).map(\.signature)
    if options.contains(where: { !$0.isRequired }) { words.append("[options]") }
    return words.joined(separator: " ")
  }
}

extension [CommandDefinition] {
  /// What a line can begin with: the names of commands and groups.
  var firstWords: [String] {
    reduce(into: []) { words, command in
      if let word = command.words.first, word != words.last { words.append(word) }
    }
  }

  /// The names of groups, which take a second word.
  var groupNames: [String] { filter { $0.words.count > 1 }.firstWords }

  /// The commands of the group with this name; none where it is no group.
  func group(_ name: String) -> [CommandDefinition] {
    filter { $0.words.count > 1 && $0.words.first == name }
  }
}
