/// One setting of a ``RunConfiguration``: its key, meaning and values.
///
/// Reading, writing, `--set`, suggestions and documentation all derive from the list of these,
/// ``RunConfiguration/keys``.
public struct ConfigurationKey: Sendable {
  /// The key with its section, such as `model.hidden_size`.
  public let path: String
  /// What the setting does, in one sentence without full stop.
  public let summary: String
  /// The values it takes, such as "a whole number from 1 to 65536".
  public let accepts: String
  /// The default in JSON5, or nil where the setting is required.
  public let defaultText: String?

  /// What another value changes in a run that has begun.
  let role: ConfigurationRole
  /// When the setting does anything; nil is always.
  let condition: ConfigurationCondition?
  /// Sets the value, or says why it cannot be used.
  let read: @Sendable (JSONValue, inout RunConfiguration) -> ConfigurationRefusal?
  /// Returns the value as JSON5.
  let write: @Sendable (RunConfiguration) -> String
  let reset: @Sendable (inout RunConfiguration) -> Void

  init<Value: Sendable>(
    _ path: String, _ property: any WritableKeyPath<RunConfiguration, Value> & Sendable,
    _ form: ConfigurationForm<Value>, isRequired: Bool = false,
    decides role: ConfigurationRole = .numbers, when condition: ConfigurationCondition? = nil,
    _ summary: String
  ) {
    let defaultValue = RunConfiguration.blank[keyPath: property]
    self.path = path
    self.summary = summary
    self.accepts = form.expected
    self.defaultText = isRequired ? nil : form.encode(defaultValue)
    self.role = role
    self.condition = condition
    self.read = { value, configuration in
      do throws(ConfigurationRefusal) {
        configuration[keyPath: property] = try form.decode(value)
        return nil
      } catch {
        return error
      }
    }
    self.write = { form.encode($0[keyPath: property]) }
    self.reset = { $0[keyPath: property] = defaultValue }
  }
}

/// What a setting decides in a run.
enum ConfigurationRole: Sendable {
  /// Which run it is: with another value nothing that was computed so far can be used.
  case identity
  /// What is computed: another value makes another run of it.
  case numbers
  /// What is computed, but only where the learning rate falls towards the last step.
  case numbersWithDecay
  /// What is kept, told and drawn on the way: the weights stay the same.
  case conduct
}

/// The circumstances under which a setting does something.
struct ConfigurationCondition: Sendable {
  /// The key that decides.
  let decidingKey: String
  /// What an error expects in place of the idle setting, such as "no such key beside data.valid".
  let expected: String
  let holds: @Sendable (RunConfiguration) -> Bool
}

/// Why a value cannot be used.
struct ConfigurationRefusal: Error {
  var found: String
  var expected: String
  /// What to do, where more can be said than to correct the value.
  var remedy: String?
}
