/// The files that a list of paths stands for.
enum InputPaths {
  /// Replaces every directory by the files below it, in the order of their names' bytes.
  ///
  /// Hidden files are left out.
  ///
  /// - Throws: ``InputError`` where a path leads nowhere or a directory has no files.
  static func files(at paths: [String]) throws(InputError) -> [String] {
    var files: [String] = []
    for path in paths {
      guard path == ByteStream.standardInput || FileSystem.exists(path) else {
        throw SystemError.missing.whileReading(path)
      }
      guard path != ByteStream.standardInput, FileSystem.isDirectory(path) else {
        files.append(path)
        continue
      }
      let inside = filesBelow(path)
      guard !inside.isEmpty else {
        throw InputError(
          .missingInput, path, found: "a directory without files", expected: "files of text",
          remedy: "Check the spelling of the path")
      }
      files += inside
    }
    return files
  }

  private static func filesBelow(_ directory: String) -> [String] {
    let names = FileSystem.names(in: directory).filter { !$0.hasPrefix(".") }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { name in
      let path = "\(directory)/\(name)"
      return FileSystem.isDirectory(path) ? filesBelow(path) : [path]
    }
  }
}
