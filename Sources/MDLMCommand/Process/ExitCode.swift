import MDLM

/// How the process ends; the codes are promised to scripts.
enum ExitCode: Int32, CaseIterable, Sendable {
  case success = 0
  case failure = 1
  case usage = 64
  case badData = 65
  case missingInput = 66
  case cannotWrite = 73
  case badConfiguration = 78
  case interrupted = 130
  case terminated = 143

  init(_ category: InputError.Category) {
    switch category {
    case .usage: self = .usage
    case .badData: self = .badData
    case .missingInput: self = .missingInput
    case .cannotWrite: self = .cannotWrite
    case .badConfiguration: self = .badConfiguration
    }
  }

  /// What the code says, for the help.
  var meaning: String {
    switch self {
    case .success: "success"
    case .failure: "failure"
    case .usage: "a flag or argument that cannot be used"
    case .badData: "a file whose content cannot be used"
    case .missingInput: "a file that is missing or cannot be read"
    case .cannotWrite: "a place that cannot be written"
    case .badConfiguration: "a configuration that cannot be used"
    case .interrupted: "interrupted (Ctrl-C)"
    case .terminated: "terminated (SIGTERM)"
    }
  }
}
