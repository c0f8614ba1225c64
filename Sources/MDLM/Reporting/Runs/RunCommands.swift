/// The command lines that made a run, and those that go on from it.
struct RunCommands {
  private let history: RunHistory

  init(_ history: RunHistory) { self.history = history }

  var lines: [String] {
    let path = Self.word(history.directory.path)
    let made = history.sessions.compactMap(\.command)
    var lines = made.isEmpty ? [] : ["# what made it"] + made + [""]
    lines.append("# a run with the same settings")
    lines.append("mdlm train --config \(path)/config.json5 --output \(path)-again")
    if history.latestCheckpoint != nil {
      lines += ["", "# measure it, and let it write"]
      lines.append("mdlm eval-ppl --checkpoint \(path)")
      lines.append("mdlm sample --checkpoint \(path)")
    }
    return lines
  }

  /// The text as one word of a shell.
  private static func word(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic
          || "0123456789/._-+@%:,=".unicodeScalars.contains(scalar))
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
