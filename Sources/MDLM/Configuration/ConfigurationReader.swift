/// Gathers settings from files and overrides, and every mistake in them on the way.
struct ConfigurationReader {
  private struct Setting {
    var member: JSONMember
    var source: ConfigurationSource
  }

  /// No configuration is larger; a data file given by mistake often is.
  private static let byteLimit = 1 << 20

  private var settings: [String: Setting] = [:]
  private var errors: [InputError] = []
  /// The parameterization so far, and the rank of the source that first said so.
  private var choice = (
    value: JSONValue.string(RunConfiguration.blank.parameterization.rawValue), rank: 0
  )
  /// Whether a text could not be read, so that no setting of it counts as missing.
  private var hasUnreadText = false

  // MARK: Gathering

  /// Takes the settings of a text, after those of the file that it extends.
  ///
  /// - Parameters:
  ///   - text: JSON5 in UTF-8.
  ///   - source: Where the text stands; an inherited one may not extend another.
  mutating func read(_ text: [UInt8], source: ConfigurationSource) {
    do throws(InputError) {
      var root = try JSONValue(
        parsing: text[...], as: .json5, name: source.subject(""), category: .badConfiguration)
      if case .object(var members) = root {
        for member in members where member.key == "extends" { inherit(member, into: source) }
        members.removeAll { $0.key == "extends" }
        root = .object(members)
      }
      visit(JSONMember(key: "", value: root), at: "", source: source)
    } catch {
      hasUnreadText = true
      errors.append(error)
    }
  }

  /// Takes the settings of the file at `path` and of the one that it extends.
  mutating func readFile(_ path: String) {
    do throws(InputError) {
      read(try InputFile.contents(of: path, limit: Self.byteLimit), source: .file(path))
    } catch {
      hasUnreadText = true
      errors.append(error)
    }
  }

  /// Takes the setting of a `key.path=value` argument.
  mutating func override(_ argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0])
    guard parts.count == 2, !path.isEmpty else {
      return errors.append(
        InputError(
          .usage, "--set", found: JSONValue.quoted(argument), expected: "key.path=value",
          remedy: "Write for example --set optim.lr=1e-3"))
    }
    do throws(InputError) {
      let value = try Self.overrideValue(String(parts[1]), path: path)
      visit(JSONMember(key: path, value: value), at: path, source: .override)
    } catch {
      errors.append(error)
    }
  }

  /// Reads JSON5, or else a text without quotes.
  private static func overrideValue(_ text: String, path: String) throws(InputError) -> JSONValue {
    do throws(InputError) {
      return try JSONValue(
        parsing: Array(text.utf8)[...], as: .json5, name: "--set \(path)",
        category: .badConfiguration)
    } catch {
      if let first = text.first, "[{\"'".contains(first) { throw error }
      return .string(text)
    }
  }

  private mutating func inherit(_ member: JSONMember, into source: ConfigurationSource) {
    let subject = source.subject("extends", at: member.keyPosition)
    guard case .file(let name) = source else {
      return refuse(
        subject, found: "extends in an inherited file", expected: "one level of inheritance",
        remedy: "Copy the settings that are needed into one of the two files")
    }
    guard let base = member.value.fileName else {
      return refuse(
        subject, found: member.value.summary, expected: "the path of one configuration file",
        remedy: "Write extends: \"other.json5\"")
    }
    let directory = name.lastIndex(of: "/").map { name[...$0] } ?? ""
    let path = base.hasPrefix("/") ? base : directory + base
    do throws(InputError) {
      let text = try InputFile.contents(of: path, limit: Self.byteLimit)
      read(text, source: .inherited(file: path))
    } catch {
      hasUnreadText = true
      errors.append(
        InputError(
          error.category, subject, found: "\(error.found) (\(path))", expected: error.expected,
          remedy: "Check the path, which is relative to the file that extends it"))
    }
  }

  private mutating func visit(
    _ member: JSONMember, at path: String, source: ConfigurationSource
  ) {
    if RunConfiguration.key(path) != nil {
      settings[path] = Setting(member: member, source: source)
      if path == "parameterization", member.value != choice.value {
        choice = (member.value, source.rank)
      }
      return
    }
    let subject = source.subject(path, at: member.keyPosition)
    guard let names = RunConfiguration.sections[path] else {
      return errors.append(RunConfiguration.unknownKey(path, subject: subject))
    }
    guard case .object(let members) = member.value else {
      return refuse(
        subject, found: member.value.summary, expected: "an object with settings",
        remedy: "Write { \(names.prefix(2).joined(separator: ": …, ")): … }")
    }
    var firsts: [String: JSONMember] = [:]
    for member in members {
      let memberPath = path.isEmpty ? member.key : "\(path).\(member.key)"
      if let first = firsts.updateValue(member, forKey: member.key) {
        refuse(
          source.subject(memberPath, at: member.keyPosition),
          found: "the key a second time, after line \(first.keyPosition?.line ?? 1)",
          expected: "each key once",
          remedy: "Remove one of the two")
      }
      if member.key.contains(".") {
        errors.append(
          RunConfiguration.unknownKey(
            memberPath, subject: source.subject(memberPath, at: member.keyPosition)))
      } else {
        visit(member, at: memberPath, source: source)
      }
    }
  }

  // MARK: Resolving

  /// Returns the configuration that the settings make.
  ///
  /// - Parameter source: What to name where a required setting is missing.
  /// - Returns: The configuration, if nothing was wrong.
  /// - Throws: ``InputErrors`` with all mistakes of gathering and resolving.
  consuming func resolve(
    for source: ConfigurationSource
  ) throws(InputErrors) -> RunConfiguration {
    var configuration = RunConfiguration.blank
    var unusable: Set<String> = []
    for key in RunConfiguration.keys {
      if let setting = settings[key.path] {
        guard let refusal = key.read(setting.member.value, &configuration) else { continue }
        unusable.insert(key.path)
        refuse(
          subject(of: key.path), found: refusal.found, expected: refusal.expected,
          remedy: refusal.remedy ?? key.correction)
      } else if key.defaultText == nil {
        unusable.insert(key.path)
        guard !hasUnreadText else { continue }
        refuse(
          source.subject(key.path), found: "no such key", expected: key.accepts,
          remedy: "Set \(key.path)")
      }
    }
    configuration.adoptDefaults(of: configuration.parameterization) { path in
      // What was said for another parameterization before this one was chosen does not count.
      settings[path].map { $0.source.rank >= choice.rank } ?? false
    }
    dropIdleSettings(from: &configuration, except: unusable)
    for conflict in configuration.conflicts where unusable.isDisjoint(with: conflict.keys) {
      // What is missing may stand in text that could not be read.
      if hasUnreadText && conflict.keys.allSatisfy({ settings[$0] == nil }) { continue }
      refuse(
        subject(of: latestSetting(among: conflict.keys), in: source), found: conflict.found,
        expected: conflict.expected,
        remedy: conflict.remedy)
    }
    guard errors.isEmpty else { throw InputErrors(errors) }
    return configuration
  }

  /// Refuses settings that do nothing, unless what makes them idle overrules an earlier source.
  private mutating func dropIdleSettings(
    from configuration: inout RunConfiguration, except unusable: Set<String>
  ) {
    for key in RunConfiguration.keys {
      guard let condition = key.condition, let setting = settings[key.path],
        unusable.isDisjoint(with: [key.path, condition.decidingKey]),
        !condition.holds(configuration)
      else { continue }
      if setting.source.rank >= settings[condition.decidingKey]?.source.rank ?? 0 {
        refuse(
          subject(of: key.path), found: "a setting that does nothing",
          expected: condition.expected,
          remedy: "Remove \(key.path) or change \(condition.decidingKey)")
      } else {
        key.reset(&configuration)
      }
    }
  }

  /// Returns the key whose source overrules most, the first of equal ones.
  private func latestSetting(among keys: [String]) -> String {
    let ranks = keys.map { settings[$0]?.source.rank ?? -1 }
    return zip(keys, ranks).first { $0.1 == ranks.max() }?.0 ?? ""
  }

  private func subject(of path: String, in source: ConfigurationSource = .program) -> String {
    guard let setting = settings[path] else { return source.subject(path) }
    return setting.source.subject(path, at: setting.member.valuePosition)
  }

  private mutating func refuse(_ subject: String, found: String, expected: String, remedy: String) {
    errors.append(
      InputError(
        .badConfiguration, subject, found: found, expected: expected, remedy: remedy))
  }
}
