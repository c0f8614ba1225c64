extension TokenizerFile {
  /// Finds the place of a new file.
  ///
  /// - Parameter path: The file where it ends in `.json`, otherwise the directory to put it in.
  /// - Returns: The path of the file, where there is none yet.
  /// - Throws: ``InputError`` where there is one: models may depend on it.
  public static func newPath(for path: String) throws(InputError) -> String {
    let file = path.hasSuffix(".json") ? path : "\(path)/\(name)"
    guard !FileSystem.exists(file) else {
      throw InputError(
        .cannotWrite, file, found: "a file already", expected: "a new path",
        remedy: "Choose another path or move the file away")
    }
    return file
  }

  /// Writes the `tokenizer.json` of `tokenizer` at `path`, with the folders that lead there.
  ///
  /// - Throws: ``InputError`` with the reason of the operating system.
  public static func write(_ tokenizer: any Tokenizer, to path: String) throws(InputError) {
    try FileSystem.makeDirectories(FileSystem.folder(of: path))
    try AtomicReplacement.writeFile(path, text: tokenizer.tokenizerJSON())
  }
}
