import MDLM

extension String {
  /// The text in single quotes, shortened and without control characters, for a message.
  var quoted: String {
    let shown = unicodeScalars.prefix(60).map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return "'\(shown.joined())\(unicodeScalars.count > 60 ? "…" : "")'"
  }

  /// The text as a word of a command line, in quotes where a shell would read it otherwise.
  var shellWord: String {
    let isPlain = unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "_-./=:,+@%".unicodeScalars.contains(scalar)
    }
    return isPlain && !isEmpty ? self : "'" + replacing("'", with: "'\\''") + "'"
  }

  /// The remedy for a word that is not among `candidates`: the one it was meant to be, if any.
  func correction(among candidates: [String], otherwise remedy: String) -> String {
    let completed = count > 2 ? candidates.first { $0.hasPrefix(self) } : nil
    let meant = completed ?? nearest(to: self, among: candidates)
    return meant.map { "Did you mean \($0)? Correct it" } ?? remedy
  }
}

extension [String] {
  /// The words as a choice: `a`, `a or b`, `a, b or c`.
  var alternatives: String {
    guard let last else { return "" }
    return count == 1 ? last : dropLast().joined(separator: ", ") + " or " + last
  }
}
