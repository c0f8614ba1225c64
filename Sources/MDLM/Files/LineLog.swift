/// A file that one process adds whole lines to.
///
/// A line that the disk does not take waits in memory and is written with the next one, in place of
/// what was written of it; nothing is thrown for it before ``synchronize()``. A line that a killed
/// process left half written is dropped by ``keep(where:)``.
final class LineLog {
  let path: String
  private var file: OutputFile?
  /// Bytes of whole lines in the file.
  private var size = 0
  private var waiting: [UInt8] = []

  init(path: String) { self.path = path }

  /// Adds a line.
  ///
  /// - Parameter line: The line without its end.
  func append(_ line: String) {
    waiting += line.utf8
    waiting.append(UInt8(ascii: "\n"))
    // What cannot be written now is told by ``synchronize()``.
    try? flush()
  }

  /// Waits until all lines are on the disk.
  ///
  /// - Throws: ``InputError`` where they cannot be written; they are kept for another try.
  func synchronize() throws(InputError) {
    try flush()
    try file?.synchronize()
  }

  /// Keeps the lines whose JSON `isKept` accepts and drops all others, a torn last one among them.
  ///
  /// - Throws: ``InputError`` where the file cannot be read or written.
  func keep(where isKept: (JSONValue) -> Bool) throws(InputError) {
    guard FileSystem.exists(path) else { return }
    let bytes = try InputFile.contents(of: path)
    var kept: [UInt8] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let value = try? JSONValue(parsing: line, name: path), isKept(value) else { continue }
      kept += line
      kept.append(UInt8(ascii: "\n"))
    }
    if kept.count == bytes.count { return }
    file = nil
    try AtomicReplacement.writeFile(path) { file throws(InputError) in try file.write(kept) }
  }

  private func flush() throws(InputError) {
    guard !waiting.isEmpty else { return }
    if file == nil {
      file = try OutputFile(changing: path)
      size = FileSystem.size(of: path) ?? 0
    }
    try file?.write(waiting, at: size)
    size += waiting.count
    waiting.removeAll(keepingCapacity: true)
  }
}
