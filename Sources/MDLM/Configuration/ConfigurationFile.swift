#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads configuration files from disk.
enum ConfigurationFile {
  /// No configuration is larger; a data file given by mistake often is.
  static let byteLimit = 1 << 20

  /// Returns the bytes of the file at `path`.
  ///
  /// - Parameter path: A path, relative to the current directory or absolute.
  /// - Returns: At most ``byteLimit`` bytes.
  /// - Throws: ``InputError`` where the file is absent, cannot be read or is too large.
  static func read(_ path: String) throws(InputError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw unreadable(path, code: errno) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: byteLimit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    if ferror(file) != 0 { throw unreadable(path, code: errno) }
    guard count <= byteLimit else {
      throw InputError(
        .badConfiguration, path, found: "more than \(byteLimit) bytes",
        expected: "a configuration in JSON5", remedy: "Name a configuration file, not a data file")
    }
    return Array(bytes[..<count])
  }

  private static func unreadable(_ path: String, code: Int32) -> InputError {
    let found =
      switch code {
      case ENOENT: "no such file"
      case EISDIR: "a directory"
      default: "\"\(String(cString: strerror(code)))\" on reading"
      }
    return InputError(
      .missingInput, path, found: found, expected: "a readable configuration file",
      remedy: "Check the path, which is relative to the current directory")
  }
}
