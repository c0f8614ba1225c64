extension BPETrainer {
  /// Counts the words of files, block by block: memory holds the distinct words, not the text.
  ///
  /// - Parameters:
  ///   - paths: Files of text as a ``TextCorpus`` takes them.
  ///   - reading: How text becomes documents; no word spans two.
  ///   - progress: Called with the bytes of text counted so far.
  /// - Returns: The bytes of text in all files.
  /// - Throws: ``InputError`` where a file cannot be read, is empty or malformed.
  @discardableResult
  public mutating func count(
    _ paths: [String], reading: TextReading, progress: (Int) -> Void = { _ in }
  ) throws(InputError) -> Int {
    var (byteCount, texts, pending) = (0, [SourceText](), 0)
    func counted(_ trainer: inout BPETrainer) {
      trainer.count(texts)
      byteCount += pending
      (texts, pending) = ([], 0)
      progress(byteCount)
    }
    for path in try InputPaths.files(at: paths) {
      var reader = try DocumentReader(path: path, reading: reading)
      while let pieces = try reader.next() {
        for piece in pieces {
          texts.append(piece.text)
          pending += piece.text.bytes.count
        }
        if pending >= 1 << 24 { counted(&self) }
      }
    }
    counted(&self)
    return byteCount
  }
}
