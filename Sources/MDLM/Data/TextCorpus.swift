/// The text of a corpus in memory, in the order of its files.
public struct TextCorpus: Sendable {
  /// The pieces of all documents: one each, but several of what is longer than a block.
  ///
  /// Pieces are tokenized one by one, here and by ``CorpusPreparation``, so that ids are the same.
  public let texts: [SourceText]
  /// Where each document ends in ``texts``; a stream is one document.
  public let documentEnds: [Int]
  public let documents: DocumentBoundary

  /// Reads the files at `paths`, in this order.
  ///
  /// As lines, a file's text ends its lines with LF or CR LF, which belong to no document. As a
  /// stream, one line end at the end of each file is dropped and nothing is put between files. A
  /// byte-order mark is dropped.
  ///
  /// - Parameters:
  ///   - paths: Files of any ``DataFormat`` but shards, perhaps with gzip; directories stand for
  ///     all files in them.
  ///   - reading: How text becomes documents.
  /// - Throws: ``InputError`` where a file cannot be read, is empty or malformed.
  public init(paths: [String], reading: TextReading) throws(InputError) {
    var (texts, ends) = ([SourceText](), [Int]())
    for path in try InputPaths.files(at: paths) {
      var reader = try DocumentReader(path: path, reading: reading)
      while let pieces = try reader.next() {
        for piece in pieces {
          texts.append(piece.text)
          if piece.endsDocument { ends.append(texts.count) }
        }
      }
    }
    // A stream ends with its files.
    if let last = texts.indices.last, ends.last != last + 1 { ends.append(last + 1) }
    self.init(texts: texts, documentEnds: ends, documents: reading.documents)
  }

  init(texts: [SourceText], documentEnds: [Int], documents: DocumentBoundary) {
    self.texts = texts
    self.documentEnds = documentEnds
    self.documents = documents
  }

  /// The places of a document's pieces in ``texts``.
  func pieces(of document: Int) -> Range<Int> {
    (document == 0 ? 0 : documentEnds[document - 1])..<documentEnds[document]
  }

  /// The number of Unicode scalars in all texts together.
  public var characterCount: Int { texts.reduce(0) { $0 + $1.characterCount } }

  /// Cuts validation and test off the end: by documents, or by characters where there is but one.
  public func split(
    by fractions: SplitFractions
  ) -> (train: TextCorpus, validation: TextCorpus, test: TextCorpus) {
    let count = isCutByCharacters ? characterCount : documentEnds.count
    let cuts = fractions.boundaries(of: count)
    return (part(0..<cuts.validation), part(cuts.validation..<cuts.test), part(cuts.test..<count))
  }

  private var isCutByCharacters: Bool { documents == .stream || documentEnds.count == 1 }

  private func part(_ range: Range<Int>) -> TextCorpus {
    guard isCutByCharacters else {
      let start = range.lowerBound == 0 ? 0 : documentEnds[range.lowerBound - 1]
      let ends = documentEnds[range]
      return TextCorpus(
        texts: Array(texts[start..<(ends.last ?? start)]), documentEnds: ends.map { $0 - start },
        documents: documents)
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
    return TextCorpus(
      texts: texts, documentEnds: texts.isEmpty ? [] : [texts.count], documents: documents)
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
