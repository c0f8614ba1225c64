/// Turns text between added tokens into the ids of word pieces.
///
/// One pass over the bytes normalizes, finds words and hashes them, as tables of what becomes of
/// each character say. A character that they do not cover sends the whole stretch between two
/// blanks through the exact and slower way, normalizer first. All that is read only, so any number
/// of threads may share one.
struct WordPieceEncoder: Sendable, Equatable {
  typealias Effect = WordPieceCharacterTable.Effect

  let vocabulary: WordPieceVocabulary
  let normalizer: TextNormalizer
  let splitter: WordPieceSplitter
  let unknownID: Int32
  /// Longer words are unknown; in Unicode scalars.
  let longestWord: Int
  private let characters: WordPieceCharacterTable
  /// What becomes of each byte of ASCII that stays one byte; ``Effect/other`` for other bytes.
  private let effects: [Effect]
  private let normalizedBytes: [UInt8]

  init(
    vocabulary: WordPieceVocabulary, normalizer: TextNormalizer, splitter: WordPieceSplitter,
    unknownID: Int32, longestWord: Int
  ) {
    self.vocabulary = vocabulary
    self.normalizer = normalizer
    self.splitter = splitter
    self.unknownID = unknownID
    self.longestWord = longestWord
    characters = WordPieceCharacterTable(normalizer, splitter)
    var effects = [Effect](repeating: .other, count: 256)
    var bytes = [UInt8](repeating: 0, count: 256)
    for byte in UInt8(0)..<0x80 {
      let entry = characters.entry(of: Unicode.Scalar(byte))
      guard entry.effect == .separator || entry.count == 1 else { continue }
      effects[Int(byte)] = entry.effect
      bytes[Int(byte)] = UInt8(truncatingIfNeeded: entry.bytes)
    }
    self.effects = effects
    normalizedBytes = bytes
  }

  /// Appends the ids of `text`.
  ///
  /// - Throws: ``MalformedUTF8`` where the text is malformed.
  func append(_ text: ArraySlice<UInt8>, to ids: inout [Int32]) throws(MalformedUTF8) {
    var index = text.startIndex
    while index < text.endIndex {
      index = appendPlain(text[index...], to: &ids)
      guard index < text.endIndex else { return }
      let end = endOfStretch(in: text, from: index)
      try appendExactly(text[index..<end], to: &ids)
      index = end
    }
  }

  /// Where the next separator of ASCII stands: no normalizer moves anything across one.
  func endOfStretch(in text: ArraySlice<UInt8>, from start: Int) -> Int {
    text[start...].firstIndex { effects[Int($0)] == .separator } ?? text.endIndex
  }
}

// MARK: - The exact way

extension WordPieceEncoder {
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
    word.withUnsafeBufferPointer { appendWord($0, hash, to: &ids) }
  }

  @inline(__always)
  private func appendWord(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: PieceHash, to ids: inout [Int32]
  ) {
    if word.count > longestWord, scalarCount(of: word) > longestWord {
      return ids.append(unknownID)
    }
    let id = vocabulary.id(ofPiece: word, hash)
    if id >= 0 { return ids.append(id) }
    if !vocabulary.appendPieces(of: word, to: &ids) { ids.append(unknownID) }
  }

  private func scalarCount(of word: UnsafeBufferPointer<UInt8>) -> Int {
    word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

// MARK: - The way of most text

extension WordPieceEncoder {
  /// A word as it grows.
  private struct Word {
    /// Longer words take the exact way.
    static let capacity = 256

    let bytes: UnsafeMutableBufferPointer<UInt8>
    var count = 0
    var effect = Effect.word
    var hash = PieceHash()

    @inline(__always)
    mutating func add(_ byte: UInt8) {
      hash.add(byte)
      bytes[count] = byte
      count += 1
    }
  }

  /// Appends ids up to the first stretch that needs the exact way, and returns its start.
  private func appendPlain(_ text: ArraySlice<UInt8>, to ids: inout [Int32]) -> Int {
    text.withUnsafeBufferPointer { bytes in
      effects.withUnsafeBufferPointer { effects in
        normalizedBytes.withUnsafeBufferPointer { normalizedBytes in
          withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Word.capacity) { buffer in
            text.startIndex
              + appendPlain(bytes, effects, normalizedBytes, Word(bytes: buffer), to: &ids)
          }
        }
      }
    }
  }

  private func appendPlain(
    _ bytes: UnsafeBufferPointer<UInt8>, _ effects: UnsafeBufferPointer<Effect>,
    _ normalizedBytes: UnsafeBufferPointer<UInt8>, _ emptyWord: Word, to ids: inout [Int32]
  ) -> Int {
    var word = emptyWord
    var stretch = (start: 0, idCount: ids.count)
    var index = 0
    while index < bytes.count {
      let effect = effects[Int(bytes[index])]
      switch effect {
      case .word, .symbol:
        if word.effect != effect { end(&word, next: effect, to: &ids) }
        let end = min(bytes.count, index + Word.capacity - word.count)
        repeat {
          word.add(normalizedBytes[Int(bytes[index])])
          index += 1
        } while index < end && effects[Int(bytes[index])] == effect
      case .separator:
        end(&word, to: &ids)
        index += 1
        stretch = (index, ids.count)
      case .isolated:
        end(&word, to: &ids)
        word.add(normalizedBytes[Int(bytes[index])])
        end(&word, to: &ids)
        index += 1
      case .dropped, .other:
        index = appendCharacter(bytes, at: index, &word, to: &ids) ?? bytes.count + 1
      }
      // Room for one more character, or the exact way.
      if word.count > Word.capacity - 8 || index > bytes.count {
        ids.removeLast(ids.count - stretch.idCount)
        return stretch.start
      }
    }
    end(&word, to: &ids)
    return index
  }

  /// Does what the table of characters says, and returns where the next one is; nil where it says
  /// nothing.
  @inline(__always)
  private func appendCharacter(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ word: inout Word, to ids: inout [Int32]
  ) -> Int? {
    guard let (scalar, next) = Self.scalar(in: bytes, at: index) else { return nil }
    let entry = characters.entry(of: scalar)
    switch entry.effect {
    case .other: return nil
    case .dropped: return next
    case .separator:
      end(&word, to: &ids)
      return next
    case .isolated: end(&word, to: &ids)
    case .word, .symbol: if word.effect != entry.effect { end(&word, next: entry.effect, to: &ids) }
    }
    for place in 0..<UInt64(entry.count) {
      word.add(UInt8(truncatingIfNeeded: entry.bytes >> (8 * place)))
    }
    if entry.effect == .isolated { end(&word, to: &ids) }
    return next
  }

  @inline(__always)
  private func end(_ word: inout Word, next effect: Effect = .word, to ids: inout [Int32]) {
    if word.count > 0 {
      appendWord(UnsafeBufferPointer(rebasing: word.bytes[..<word.count]), word.hash, to: &ids)
      word.count = 0
      word.hash = PieceHash()
    }
    word.effect = effect
  }

  /// The scalar of up to three bytes at `index`; nil for longer and malformed ones.
  @inline(__always)
  private static func scalar(
    in bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (scalar: Unicode.Scalar, next: Int)? {
    let first = UInt32(bytes[index])
    if first < 0x80 { return (Unicode.Scalar(UInt8(first)), index + 1) }
    guard first >= 0xC2, first < 0xF0, index + 1 < bytes.count else { return nil }
    let second = UInt32(bytes[index + 1]) ^ 0x80
    guard second < 0x40 else { return nil }
    if first < 0xE0 {
      return Unicode.Scalar((first & 0x1F) << 6 | second).map { ($0, index + 2) }
    }
    guard index + 2 < bytes.count else { return nil }
    let third = UInt32(bytes[index + 2]) ^ 0x80
    let value = (first & 0x0F) << 12 | second << 6 | third
    guard third < 0x40, value >= 0x800 else { return nil }
    return Unicode.Scalar(value).map { ($0, index + 3) }
  }
}
