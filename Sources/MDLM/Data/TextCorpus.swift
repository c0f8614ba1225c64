/// Where one document of a text file ends and the next begins (`data.documents`).
public enum DocumentBoundary: String, Sendable, CaseIterable {
  /// Every line of a text file is a document; an empty line is an empty one.
  case lines
  /// All files together are one text without boundaries.
  case stream
}

/// The text of a corpus, in the order of its files.
///
/// A `.jsonl` file holds one document in the `text` key of each line; every other file is UTF-8
/// text. A byte-order mark is dropped.
public struct TextCorpus: Sendable {
  /// Documents, or the pieces of the stream that follow one another.
  public let texts: [SourceText]
  public let documents: DocumentBoundary

  /// Reads the files at `paths`, in this order.
  ///
  /// As lines, a file's text ends its lines with LF or CR LF, which belong to no document. As a
  /// stream, one line end at the end of each file is dropped and nothing is put between files.
  ///
  /// - Parameters:
  ///   - paths: Text files and `.jsonl` files.
  ///   - documents: Whether lines are documents; the lines of a `.jsonl` file always are read so,
  ///     and a stream joins their texts with nothing between.
  /// - Throws: ``InputError`` where a file cannot be read, is empty, malformed, or lacks `text`.
  public init(paths: [String], documents: DocumentBoundary) throws(InputError) {
    var texts: [SourceText] = []
    for path in paths {
      let file = try Self.read(path)
      if DataFormat(path: path) == .jsonLines {
        texts += try Self.records(of: file)
      } else if documents == .lines {
        texts += file.lines
      } else {
        texts.append(Self.droppingLineEnd(file))
      }
    }
    self.init(texts: texts, documents: documents)
  }

  init(texts: [SourceText], documents: DocumentBoundary) {
    self.texts = texts
    self.documents = documents
  }

  /// The number of Unicode scalars in all texts together.
  public var characterCount: Int { texts.reduce(0) { $0 + $1.characterCount } }

  /// Cuts validation and test off the end: by documents, or by characters of a stream.
  public func split(
    by fractions: SplitFractions
  ) -> (train: TextCorpus, validation: TextCorpus, test: TextCorpus) {
    let count = documents == .stream ? characterCount : texts.count
    let cuts = fractions.boundaries(of: count)
    return (part(0..<cuts.validation), part(cuts.validation..<cuts.test), part(cuts.test..<count))
  }

  private func part(_ range: Range<Int>) -> TextCorpus {
    guard documents == .stream else {
      return TextCorpus(texts: Array(texts[range]), documents: documents)
    }
    var texts: [SourceText] = []
    var start = 0
    for text in self.texts {
      let count = text.characterCount
      let inside = range.clamped(to: start..<start + count)
      if !inside.isEmpty {
        let from = text.index(ofCharacter: inside.lowerBound - start)
        let to = text.index(ofCharacter: inside.upperBound - start)
        texts.append(text.part(from: from, to: to))
      }
      start += count
    }
    return TextCorpus(texts: texts, documents: documents)
  }
}

// MARK: - Reading

extension TextCorpus {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func read(_ path: String) throws(InputError) -> SourceText {
    let bytes = try InputFile.contents(of: path)
    let mark = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    guard bytes.count > mark else {
      throw InputError(
        .badData, path, found: "an empty file", expected: "text",
        remedy: "Give a file with text in it")
    }
    let text = SourceText(bytes[mark...], name: path, byteOffset: mark)
    try text.forEachScalar { (_, _) throws(InputError) in }
    return text
  }

  private static func droppingLineEnd(_ text: SourceText) -> SourceText {
    guard text.bytes.last == UInt8(ascii: "\n") else { return text }
    let rest = text.bytes.dropLast()
    let end = rest.last == UInt8(ascii: "\r") ? rest.endIndex - 1 : rest.endIndex
    return text.part(from: rest.startIndex, to: end)
  }

  private static func records(of file: SourceText) throws(InputError) -> [SourceText] {
    let space: Set<UInt8> = [0x20, 0x09, 0x0D]
    var records: [SourceText] = []
    for line in file.lines where !line.bytes.allSatisfy(space.contains) {
      let number = line.line ?? 1
      let name = "\(file.name):\(number)"
      let record = try JSONValue(parsing: line.bytes, name: file.name, line: number)
      guard let text = record["text"]?.string else {
        throw InputError(
          .badData, name,
          found: record["text"].map { "\($0.summary) under 'text'" } ?? "no 'text' key",
          expected: "an object whose 'text' is a string",
          remedy: "Give every line its text under 'text'")
      }
      // Offsets inside a decoded string are not the file's.
      records.append(SourceText(Array(text.utf8)[...], name: "\(name): text", line: nil))
    }
    guard !records.isEmpty else {
      throw InputError(
        .badData, file.name, found: "only blank lines", expected: "one JSON object a line",
        remedy: "Give a file with text in it")
    }
    return records
  }
}

extension SourceText {
  /// The index in ``bytes`` at which the character with this number begins, or the end.
  fileprivate func index(ofCharacter number: Int) -> Int {
    var rest = number
    for index in bytes.indices where bytes[index] & 0xC0 != 0x80 {
      if rest == 0 { return index }
      rest -= 1
    }
    return bytes.endIndex
  }
}
