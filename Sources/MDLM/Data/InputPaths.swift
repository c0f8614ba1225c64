/// The files that a list of paths stands for.
enum InputPaths {
  /// Replaces every directory by the files below it, in the order of their names' bytes.
  ///
  /// Hidden files are left out, and what ``CorpusPreparation`` writes beside shards.
  ///
  /// - Throws: ``InputError`` where a path leads nowhere, a directory has no files or cannot be read,
  ///   or a link leads to a directory that it lies in.
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
      let inside = try filesBelow(path, in: [])
      guard !inside.isEmpty else {
        throw InputError(
          .missingInput, path, found: "a directory without files", expected: "files of text",
          remedy: "Check the spelling of the path")
      }
      files += inside
    }
    return files
  }

  /// Checks that what is written does not lie in a directory that is read.
  ///
  /// - Throws: ``InputError`` where it does: another run would read it as text.
  static func check(_ output: String, isNotIn inputs: [String]) throws(InputError) {
    guard let folder = FileSystem.realPath(FileSystem.folder(of: output)) else { return }
    for input in inputs where FileSystem.isDirectory(input) {
      guard let place = FileSystem.realPath(input), (folder + "/").hasPrefix(place + "/") else {
        continue
      }
      throw InputError(
        .usage, "--output \(output)", found: "a place in the directory \(input) that is read",
        expected: "a place outside of it", remedy: "Name another directory for the shard")
    }
  }

  private static func filesBelow(
    _ directory: String, in parents: [FileSystem.Identity]
  ) throws(InputError) -> [String] {
    let identity = try FileSystem.identity(ofReadable: directory)
    guard !parents.contains(identity) else {
      throw InputError(
        .missingInput, directory, found: "a link to a directory that it lies in",
        expected: "files of text", remedy: "Remove the link, or name the files one by one")
    }
    var files: [String] = []
    let names = FileSystem.names(in: directory).filter {
      !$0.hasPrefix(".") && !$0.hasSuffix(".bin" + PartialShard.suffix)
        && !$0.hasSuffix(tokenizerSuffix)
    }
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = "\(directory)/\(name)"
      files +=
        FileSystem.isDirectory(path) ? try filesBelow(path, in: parents + [identity]) : [path]
    }
    return files
  }

  /// What the name of a shard's tokenizer ends in.
  static let tokenizerSuffix = ".tokenizer.json"
}
