#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The reason that the operating system gives for a failed call on a file.
struct SystemError {
  let code: Int32

  /// Takes the reason of the call that has just failed.
  static var last: SystemError { SystemError(code: errno) }

  /// What the operating system says about a path with nothing there.
  static var missing: SystemError { SystemError(code: ENOENT) }

  var text: String { "the error '\(String(cString: strerror(code)))'" }

  /// The mistake to report when `path` could not be read.
  func whileReading(_ path: String) -> InputError {
    switch code {
    case ENOENT:
      InputError(
        .missingInput, path, found: "nothing there", expected: "a file or directory",
        remedy: "Check the spelling of the path")
    case ENOTDIR:
      InputError(
        .missingInput, path, found: "a file in place of one of its folders",
        expected: "a file or directory", remedy: "Check the spelling of the path")
    case EACCES, EPERM:
      InputError(
        .missingInput, path, found: text, expected: "something this user may read",
        remedy: "Change its permissions or run as its owner")
    default:
      InputError(
        .missingInput, path, found: text, expected: "something that can be read",
        remedy: "Check the disk and the path")
    }
  }

  /// The mistake to report when `path` could not be written.
  func whileWriting(_ path: String) -> InputError {
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "Free some space or choose another disk"
      case EACCES, EPERM: "Change the folder's permissions or choose another folder"
      case EROFS: "Choose a folder on a disk that is not read-only"
      case ENOENT: "Create the folder that it lies in"
      case ENOTDIR: "Choose a path whose folders are not files"
      case EISDIR, ENOTEMPTY, EEXIST: "Move away what is there or choose another path"
      case ENAMETOOLONG: "Choose a shorter name"
      default: "Check the disk or choose another folder"
      }
    return InputError(
      .cannotWrite, path, found: text, expected: "a place that can be written", remedy: remedy)
  }
}
