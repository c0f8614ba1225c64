/// Where a setting was written; later cases win over earlier ones.
enum ConfigurationSource: Equatable {
  /// The file that `extends` names.
  case inherited(file: String)
  case file(String)
  /// The argument of `--set`.
  case override
  /// A value that a program made, which has no text to point at.
  case program

  var rank: Int {
    switch self {
    case .inherited: 0
    case .file, .program: 1
    case .override: 2
    }
  }

  /// Returns how an error names the setting `path` that stands at `position`.
  func subject(_ path: String, at position: TextPosition? = nil) -> String {
    switch self {
    case .inherited(let file), .file(let file):
      let place = position.map { ":\($0.line):\($0.column)" } ?? ""
      return path.isEmpty ? file + place : "\(file)\(place): \(path)"
    case .override: return "--set \(path)"
    case .program: return path
    }
  }
}
