extension RunConfiguration {
  private static let keysByPath = Dictionary(uniqueKeysWithValues: keys.map { ($0.path, $0) })

  /// The names in each section in their order; the empty path is the top of a file.
  static let sections: [String: [String]] = {
    var sections: [String: [String]] = ["": []]
    for key in keys {
      let (section, name) = key.sectionAndName
      if !section.isEmpty && sections[String(section)] == nil {
        sections["", default: []].append(String(section))
      }
      sections[String(section), default: []].append(String(name))
    }
    return sections
  }()

  /// Returns the key at `path`, such as `model.hidden_size`.
  static func key(_ path: String) -> ConfigurationKey? { keysByPath[path] }

  /// Returns the error for a key that does not exist, with the likeliest one that does.
  static func unknownKey(_ path: String, subject: String) -> InputError {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    let section = parts.dropLast().joined(separator: ".")
    let name = parts.last.map(String.init) ?? ""
    let siblings = sections[section] ?? sections[""] ?? []
    let remedy: String
    if key(path) != nil {
      remedy = "Write \(section): { \(name): … }"
    } else if let suggestion = suggestion(for: name, in: section) {
      remedy = "Did you mean \(suggestion)? Correct or remove the key"
    } else {
      remedy = "Remove the key"
    }
    return InputError(
      .badConfiguration, subject, found: "an unknown key",
      expected: "one of \(siblings.joined(separator: ", "))", remedy: remedy)
  }

  /// Returns the path that `name` in `section` most likely means.
  private static func suggestion(for name: String, in section: String) -> String? {
    if let sibling = nearest(to: name, among: sections[section] ?? []) {
      return section.isEmpty ? sibling : "\(section).\(sibling)"
    }
    if let other = keys.first(where: { $0.sectionAndName.name == name }) { return other.path }
    return nearest(to: section.isEmpty ? name : "\(section).\(name)", among: keys.map(\.path))
  }
}

extension ConfigurationKey {
  /// The two parts of the path; the section is empty for a key at the top of a file.
  var sectionAndName: (section: Substring, name: Substring) {
    guard let dot = path.firstIndex(of: ".") else { return ("", path[...]) }
    return (path[..<dot], path[path.index(after: dot)...])
  }

  /// What to do about a value that does not fit, where nothing better can be said.
  var correction: String {
    switch defaultText {
    case nil: "Correct the value"
    case "null": "Correct the value, or remove the key"
    // What that would be depends on the rest.
    case _ where RunConfiguration.keysOfParameterization.contains(path):
      "Correct the value, or remove the key"
    case let text?: "Correct the value, or remove the key for its default \(text)"
    }
  }
}
