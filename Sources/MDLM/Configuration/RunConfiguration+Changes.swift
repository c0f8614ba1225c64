/// A setting that differs between two configurations.
public struct ConfigurationChange: Equatable, Sendable {
  /// The key, such as `optim.lr`.
  public let path: String
  /// The value before, in JSON5.
  public let old: String
  /// The value after, in JSON5.
  public let new: String
  /// What it does to a run that goes on with it.
  public let effect: Effect

  /// What a change does to a run that goes on with it.
  public enum Effect: Sendable {
    /// Nothing that was computed so far can be used.
    case anotherRun
    /// It computes other numbers than it would have.
    case otherNumbers
    /// Other things are kept, told and drawn on the way; the weights stay the same.
    case none
  }

  /// The change in one line, `optim.lr: 0.003 -> 0.001`.
  public var summary: String { "\(path): \(old) -> \(new)" }
  /// The change in two lines, as a diff shows it.
  public var lines: [String] { ["- \(path): \(old)", "+ \(path): \(new)"] }
}

extension RunConfiguration {
  /// The settings that differ from `old`, in the order of the table of keys.
  public func changes(from old: RunConfiguration) -> [ConfigurationChange] {
    Self.keys.compactMap { key in
      let (before, after) = (key.write(old), key.write(self))
      guard before != after else { return nil }
      let effect: ConfigurationChange.Effect =
        switch key.role {
        case .identity: .anotherRun
        case .numbers: .otherNumbers
        case .numbersWithDecay: lrScheduler.name == .cosineDecayWarmup ? .otherNumbers : .none
        case .conduct: .none
        }
      return ConfigurationChange(path: key.path, old: before, new: after, effect: effect)
    }
  }
}
