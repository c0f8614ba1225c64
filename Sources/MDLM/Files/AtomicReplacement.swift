/// Replaces files, directories and links so that a reader sees the old ones or the new ones whole.
///
/// What is new is prepared under a hidden name beside its place, brought to the disk, and renamed.
/// A failure removes it; what a killed process left is removed by the next write to that place.
public enum AtomicReplacement {
  /// Writes a file with the content `text` at `path`.
  ///
  /// - Throws: ``InputError`` with the reason of the operating system.
  public static func writeFile(_ path: String, text: String) throws(InputError) {
    try writeFile(path) { file throws(InputError) in try file.write(text) }
  }

  /// Checks that a file can be written at `path`: worth knowing before long work.
  ///
  /// - Throws: ``InputError`` of category `cannotWrite` with the reason.
  public static func checkFile(_ path: String) throws(InputError) {
    if FileSystem.isDirectory(path) {
      throw InputError(
        .cannotWrite, path, found: "a directory", expected: "the path of a file",
        remedy: "Name a file in it")
    }
    try replace(path) { temporary throws(InputError) in
      _ = try OutputFile(creating: temporary)
    }
  }

  /// Writes a file that `content` fills.
  static func writeFile(
    _ path: String, content: (OutputFile) throws(InputError) -> Void
  ) throws(InputError) {
    try replace(path) { temporary throws(InputError) in
      let file = try OutputFile(creating: temporary)
      let lock = FileLock(path: temporary)
      defer { lock?.release() }
      try content(file)
      try FileSystem.synchronize(temporary)
      try FileSystem.move(temporary, to: path)
    }
  }

  /// Writes a directory at `path`; `content` fills it under the temporary path that it is given.
  ///
  /// A directory that is already there is set aside first and removed after: renaming cannot
  /// exchange two directories everywhere.
  static func writeDirectory(
    _ path: String, content: (_ temporary: String) throws(InputError) -> Void
  ) throws(InputError) {
    try replace(path) { temporary throws(InputError) in
      try FileSystem.makeDirectory(temporary)
      let lock = FileLock(path: temporary)
      defer { lock?.release() }
      try content(temporary)
      try FileSystem.synchronizeTree(temporary)
      guard FileSystem.isDirectory(path) else {
        return try FileSystem.move(temporary, to: path)
      }
      let old = TemporaryName.make(for: path)
      try FileSystem.move(path, to: old)
      try FileSystem.move(temporary, to: path)
      FileSystem.remove(old)
    }
  }

  /// Makes `path` a symbolic link to `target`, which is relative to the folder of `path`.
  static func writeLink(_ path: String, to target: String) throws(InputError) {
    try replace(path) { temporary throws(InputError) in
      try FileSystem.makeLink(temporary, to: target)
      try FileSystem.move(temporary, to: path)
    }
  }

  /// Removes the directory at `path` so that no moment shows a part of it under its name.
  static func removeDirectory(_ path: String) throws(InputError) {
    let hidden = TemporaryName.make(for: path)
    try FileSystem.move(path, to: hidden)
    FileSystem.remove(hidden)
  }

  /// Removes what killed processes left in `directory`, whatever it was to become.
  static func removeStale(in directory: String) {
    for path in TemporaryName.all(in: directory) where FileLock.isFree(path) {
      FileSystem.remove(path)
    }
  }

  /// Runs `prepare` with a fresh temporary path; its mistakes name the place that users know.
  private static func replace(
    _ path: String, with prepare: (_ temporary: String) throws(InputError) -> Void
  ) throws(InputError) {
    for stale in TemporaryName.all(for: path) where FileLock.isFree(stale) {
      FileSystem.remove(stale)
    }
    let temporary = TemporaryName.make(for: path)
    defer { FileSystem.remove(temporary) }
    do throws(InputError) {
      try prepare(temporary)
    } catch {
      var error = error
      if error.subject.hasPrefix(temporary) {
        error.subject = path + error.subject.dropFirst(temporary.count)
      }
      throw error
    }
    try FileSystem.synchronize(FileSystem.folder(of: path))
  }
}
