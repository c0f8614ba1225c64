extension RunConfiguration {
  /// Reads the configuration file at `path`.
  ///
  /// A file may inherit the settings of one other with `extends: "base.json5"`, a path relative to
  /// the file that says so. Its own settings win over inherited ones, and overrides win over both.
  ///
  /// - Parameters:
  ///   - path: A JSON5 file.
  ///   - overrides: Settings as `key.path=value`, such as `optim.lr=1e-3` or `data.train=a.txt`; a
  ///     value is JSON5 or else text. Of several for one key the last counts.
  /// - Returns: The configuration, every key with its value or default.
  /// - Throws: ``InputErrors`` with all mistakes at once, of the categories `missingInput`,
  ///   `badConfiguration` and, for an override without key, `usage`.
  public static func load(
    path: String, overrides: [String] = []
  ) throws(InputErrors) -> RunConfiguration {
    var reader = ConfigurationReader()
    reader.readFile(path)
    for argument in overrides { reader.override(argument) }
    return try reader.resolve(for: .file(path))
  }

  /// Reads a configuration from `text`.
  ///
  /// - Parameters:
  ///   - text: JSON5.
  ///   - name: The file's name in errors, to which `extends` is relative.
  ///   - overrides: Settings as `key.path=value`.
  /// - Returns: The configuration, every key with its value or default.
  /// - Throws: ``InputErrors`` with all mistakes at once.
  public static func load(
    text: String, name: String, overrides: [String] = []
  ) throws(InputErrors) -> RunConfiguration {
    var reader = ConfigurationReader()
    reader.read(Array(text.utf8), source: .file(name))
    for argument in overrides { reader.override(argument) }
    return try reader.resolve(for: .file(name))
  }

  /// Checks a configuration that was made in code just as one that is read from a file.
  ///
  /// - Throws: ``InputErrors`` whose subjects are key paths.
  public func validate() throws(InputErrors) {
    var reader = ConfigurationReader()
    reader.read(Array(json5().utf8), source: .program)
    _ = try reader.resolve(for: .program)
  }

  /// Returns the text of a file that has every key, in a fixed order.
  ///
  /// Loading it gives an equal configuration. Left out are only keys that do nothing beside the
  /// others, such as `lr_scheduler.lr_min` with a constant rate. Numbers are as short as their exact
  /// value allows.
  public func json5() -> String {
    var text = "{\n"
    for (section, entries) in sections {
      let indentation = section.isEmpty ? "  " : "    "
      let lines = entries.map { "\(indentation)\($0.name): \($0.value),\n" }.joined()
      text += section.isEmpty ? lines : "  \(section): {\n\(lines)  },\n"
    }
    return text + "}\n"
  }

  /// Returns the same as one line of JSON, for programs.
  public func json() -> String {
    let parts = sections.map { section, entries in
      let fields = entries.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ")
      return section.isEmpty ? fields : "\"\(section)\": {\(fields)}"
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }

  /// The keys with their values as text, by section, in the order of the table.
  private var sections: [(name: Substring, entries: [(name: Substring, value: String)])] {
    var sections: [(name: Substring, entries: [(name: Substring, value: String)])] = []
    for key in Self.keys where key.condition?.holds(self) ?? true {
      let (section, name) = key.sectionAndName
      if sections.last?.name != section { sections.append((section, [])) }
      sections[sections.count - 1].entries.append((name, key.write(self)))
    }
    return sections
  }
}
