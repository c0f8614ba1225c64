/// The hidden names under which files are prepared: `.NAME.01234567.partial`.
enum TemporaryName {
  private static let suffix = ".partial"
  private static let digits = 8

  /// A new name beside `path`.
  static func make(for path: String) -> String {
    let number = String(UInt32.random(in: .min ... .max), radix: 16)
    let padding = String(repeating: "0", count: digits - number.count)
    let (folder, name) = FileSystem.split(path)
    return "\(folder)/.\(name).\(padding)\(number)\(suffix)"
  }

  /// The temporary paths in `folder`.
  static func all(in folder: String) -> [String] {
    FileSystem.names(in: folder).filter { isTemporary($0, prefix: ".") }.map { "\(folder)/\($0)" }
  }

  /// The temporary paths that were to become `path`.
  static func all(for path: String) -> [String] {
    let (folder, name) = FileSystem.split(path)
    return FileSystem.names(in: folder).filter { isTemporary($0, prefix: ".\(name).") }
      .filter { $0.utf8.count == name.utf8.count + 2 + digits + suffix.utf8.count }
      .map { "\(folder)/\($0)" }
  }

  private static func isTemporary(_ name: String, prefix: String) -> Bool {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
    let number = name.dropLast(suffix.count).suffix(digits)
    return number.count == digits && number.allSatisfy(\.isHexDigit)
  }
}
