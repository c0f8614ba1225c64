/// A file with a JSON object on each line, to which a process may be adding.
///
/// It is read piece by piece, so that a long one takes little memory.
struct JSONLineFile {
  let path: String
  /// Longer files are refused.
  var byteLimit = 1 << 32
  /// Longer lines are refused.
  var lineLimit = 1 << 20

  /// The bytes of one line without its end.
  typealias Line = UnsafeBufferPointer<UInt8>

  /// Calls `read` with every line and its number, in their order; a missing file has none.
  ///
  /// What follows the last line end may be cut off, so a mistake in it is none.
  func forEachLine(_ read: (Line, Int) throws(InputError) -> Void) throws(InputError) {
    guard FileSystem.exists(path) else { return }
    let file = try InputFile(path: path)
    guard file.size <= byteLimit else {
      throw InputError(
        .badData, path, found: "\(file.size) bytes", expected: "at most \(byteLimit)",
        remedy: "Check that this is the file you mean")
    }
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: lineLimit + Self.pieceSize)
    defer { buffer.deallocate() }
    var (number, kept, offset) = (0, 0, 0)
    while offset < file.size {
      let count = min(Self.pieceSize, file.size - offset)
      let piece = UnsafeMutableBufferPointer(rebasing: buffer[kept..<kept + count])
      try file.read(into: UnsafeMutableRawBufferPointer(piece), at: offset)
      offset += count
      let bytes = UnsafeBufferPointer(rebasing: buffer[..<(kept + count)])
      var start = 0
      while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        try check(end - start, line: number)
        try read(Line(rebasing: bytes[start..<end]), number)
        start = end + 1
      }
      kept = bytes.count - start
      try check(kept, line: number + 1)
      for index in 0..<kept { buffer[index] = buffer[start + index] }
    }
    let rest = Line(rebasing: buffer[..<kept])
    if kept > 0 { try? read(rest, number + 1) }
  }

  private func check(_ count: Int, line: Int) throws(InputError) {
    guard count > lineLimit else { return }
    throw InputError(
      .badData, "\(path):\(line)", found: "more than \(lineLimit) bytes in a line",
      expected: "at most that many", remedy: "Take the line out")
  }

  private static let pieceSize = 1 << 20
}
