/// A configuration line by line, with what is not as it would be by default.
struct ConfigurationListing {
  struct Line {
    /// Such as `optim.lr`; nil for the brackets of sections.
    var path: String?
    let text: String
    /// What the setting would be by default, where it is something else.
    var otherDefault: String?
  }

  let lines: [Line]

  init(_ configuration: RunConfiguration) {
    var lines = [Line(text: "{")]
    var open: Substring = ""
    for key in RunConfiguration.keys where key.condition?.holds(configuration) ?? true {
      let (section, name) = key.sectionAndName
      if section != open {
        if !open.isEmpty { lines.append(Line(text: "  },")) }
        if !section.isEmpty { lines.append(Line(text: "  \(section): {")) }
        open = section
      }
      let value = key.write(configuration)
      lines.append(
        Line(
          path: key.path, text: "\(section.isEmpty ? "  " : "    ")\(name): \(value),",
          otherDefault: key.defaultText.flatMap { $0 == value ? nil : $0 }))
    }
    if !open.isEmpty { lines.append(Line(text: "  },")) }
    self.lines = lines + [Line(text: "}")]
  }

  /// The listing with the settings that have another default marked.
  var markup: String {
    lines.map { line in
      guard let other = line.otherDefault else { return line.text.shown }
      let setting = line.text.drop { $0 == " " }
      let indentation = String(repeating: " ", count: line.text.count - setting.count)
      return """
        \(indentation)<mark>\(String(setting).shown)</mark><i> // default \(other.shown)</i>
        """
    }.joined(separator: "\n")
  }

  /// The settings in which two configurations differ, one line for each as a diff has them.
  static func difference(_ first: RunConfiguration, _ second: RunConfiguration) -> String {
    let (before, after) = (settings(first), settings(second))
    let lines = RunConfiguration.keys.flatMap { key -> [String] in
      let (old, new) = (before[key.path], after[key.path])
      guard old != new else { return [] }
      func line(_ sign: String, _ kind: String, _ value: String?) -> String? {
        value.map { value in
          let text = "\(sign) \(key.path): \(value)".showingControls.escapedForMarkup
          return #"<span class="\#(kind)">\#(text)</span>"#
        }
      }
      return [line("−", "run0", old), line("+", "run1", new)].compactMap { $0 }
    }
    return lines.joined(separator: "\n")
  }

  /// The values that do something, by their keys.
  private static func settings(_ configuration: RunConfiguration) -> [String: String] {
    RunConfiguration.keys.reduce(into: [:]) { settings, key in
      guard key.condition?.holds(configuration) ?? true else { return }
      settings[key.path] = key.write(configuration)
    }
  }
}
