/// Turns text between added tokens into the ids of word pieces.
///
/// Text is ASCII for the most part: there one pass over the bytes lower-cases, finds words and
/// hashes them, as one table of 256 entries says. What the table does not cover (characters beyond
/// ASCII, controls) sends the whole stretch between two blanks through the exact and slower way,
/// normalizer first. All that is read only, so any number of threads may share one.
struct WordPieceEncoder: Sendable, Equatable {
  /// What to do with a byte; the first four are those of ``WordPieceSplitter/CharacterClass``.
  private enum ByteClass: UInt8 {
    case separator
    case isolated
    case word
    case symbol
    /// The byte needs the exact way.
    case other
  }

  let vocabulary: WordPieceVocabulary
  let normalizer: TextNormalizer
  let splitter: WordPieceSplitter
  let unknownID: Int32
  /// Longer words are unknown; in Unicode scalars.
  let longestWord: Int
  private let classes: [ByteClass]
  /// The normalized byte where the class is not ``ByteClass/other``.
  private let normalizedBytes: [UInt8]
  /// Words of ASCII that are longer take the exact way.
  private static let bufferSize = 256

  init(
    vocabulary: WordPieceVocabulary, normalizer: TextNormalizer, splitter: WordPieceSplitter,
    unknownID: Int32, longestWord: Int
  ) {
    self.vocabulary = vocabulary
    self.normalizer = normalizer
    self.splitter = splitter
    self.unknownID = unknownID
    self.longestWord = longestWord
    var classes = [ByteClass](repeating: .other, count: 256)
    var bytes = [UInt8](repeating: 0, count: 256)
    for byte in UInt8(0)..<0x80 {
      let normalized = normalizer.normalized([byte])
      guard normalized.count == 1, normalized[0] < 0x80 else { continue }
      bytes[Int(byte)] = normalized[0]
      classes[Int(byte)] =
        switch splitter.characterClass(of: Unicode.Scalar(normalized[0])) {
        case .separator: .separator
        case .isolated: .isolated
        case .word: .word
        case .symbol: .symbol
        }
    }
    self.classes = classes
    normalizedBytes = bytes
  }
}

// MARK: - Encoding

extension WordPieceEncoder {
  /// Appends the ids of `text`.
  ///
  /// - Throws: ``MalformedUTF8`` where the text is malformed.
  func append(_ text: ArraySlice<UInt8>, to ids: inout [Int32]) throws(MalformedUTF8) {
    var index = text.startIndex
    while index < text.endIndex {
      index = appendPlain(text, from: index, to: &ids)
      guard index < text.endIndex else { return }
      let end = endOfStretch(in: text, from: index)
      try appendExactly(text[index..<end], to: &ids)
      index = end
    }
  }

  /// Appends ids up to the first stretch that needs the exact way, and returns its start.
  private func appendPlain(
    _ text: ArraySlice<UInt8>, from start: Int, to ids: inout [Int32]
  ) -> Int {
    text.withUnsafeBufferPointer { bytes in
      classes.withUnsafeBufferPointer { classes in
        normalizedBytes.withUnsafeBufferPointer { normalizedBytes in
          withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.bufferSize) { buffer in
            let offset = text.startIndex
            return offset
              + appendPlain(
                bytes, from: start - offset, classes, normalizedBytes, buffer, to: &ids)
          }
        }
      }
    }
  }

  private func appendPlain(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int,
    _ classes: UnsafeBufferPointer<ByteClass>, _ normalizedBytes: UnsafeBufferPointer<UInt8>,
    _ word: UnsafeMutableBufferPointer<UInt8>, to ids: inout [Int32]
  ) -> Int {
    var index = start
    var stretch = (start: start, idCount: ids.count)
    while index < bytes.count {
      let byteClass = classes[Int(bytes[index])]
      if byteClass == .separator {
        index += 1
        stretch = (index, ids.count)
        continue
      }
      var hash = PieceHash()
      var count = 0
      if byteClass != .other {
        repeat {
          let byte = normalizedBytes[Int(bytes[index])]
          hash.add(byte)
          word[count] = byte
          count += 1
          index += 1
        } while byteClass != .isolated && index < bytes.count && count < Self.bufferSize
          && classes[Int(bytes[index])] == byteClass
      }
      let isCut = count == 0 || count == Self.bufferSize
      if isCut || (index < bytes.count && classes[Int(bytes[index])] == .other) {
        ids.removeLast(ids.count - stretch.idCount)
        return stretch.start
      }
      appendWord(UnsafeBufferPointer(rebasing: word[..<count]), hash, scalarCount: count, to: &ids)
    }
    return index
  }

  /// Where the next separator of ASCII stands: no normalizer moves anything across one.
  func endOfStretch(in text: ArraySlice<UInt8>, from start: Int) -> Int {
    text[start...].firstIndex { classes[Int($0)] == .separator } ?? text.endIndex
  }

  private func appendExactly(
    _ text: ArraySlice<UInt8>, to ids: inout [Int32]
  ) throws(MalformedUTF8) {
    var decoder = ScalarDecoder(text)
    while try decoder.next() != nil {}
    appendNormalized(normalizer.normalized(text)[...], to: &ids)
  }

  /// Appends the ids of text that is normalized already.
  func appendNormalized(_ text: ArraySlice<UInt8>, to ids: inout [Int32]) {
    splitter.forEachWord(in: text) { word in appendWord(word, to: &ids) }
  }

  /// The normalized words of `text`.
  func words(in text: ArraySlice<UInt8>) -> [[UInt8]] {
    var words: [[UInt8]] = []
    splitter.forEachWord(in: normalizer.normalized(text)[...]) { words.append(Array($0)) }
    return words
  }

  /// Appends the ids of one normalized word.
  func appendWord(_ word: ArraySlice<UInt8>, to ids: inout [Int32]) {
    let hash = word.reduce(into: PieceHash()) { $0.add($1) }
    let scalarCount = SourceText.characterCount(of: word)
    word.withUnsafeBufferPointer { appendWord($0, hash, scalarCount: scalarCount, to: &ids) }
  }

  @inline(__always)
  private func appendWord(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: PieceHash, scalarCount: Int,
    to ids: inout [Int32]
  ) {
    guard scalarCount <= longestWord else { return ids.append(unknownID) }
    let id = vocabulary.id(ofPiece: word, hash)
    if id >= 0 { return ids.append(id) }
    if !vocabulary.appendPieces(of: word, to: &ids) { ids.append(unknownID) }
  }
}
