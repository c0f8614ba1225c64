extension WordPieceTokenizer {
  /// Returns how many bytes of `text` its first `tokenCount` tokens stand for.
  ///
  /// A count that ends with a word ends with its last byte. Inside a word that normalization
  /// changes, a token ends where as much of the text is read as the normalizer needs to make it: an
  /// accent that it drops goes to what follows, unless the word ends there.
  public func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int {
    guard tokenCount > 0 else { return 0 }
    guard !hasNormalizedNames else { return countBySearch(in: text, tokenCount) }
    var remaining = tokenCount
    var end = text.bytes.startIndex
    addedTokens.forEachSegment(of: text.bytes) { segment in
      guard remaining > 0 else { return }
      switch segment {
      case .token(let id):
        remaining -= 1
        end += addedTokens.tokens.first { $0.id == id }?.content.count ?? 0
      case .text(let part): end = self.end(ofTokens: &remaining, in: part)
      }
    }
    return min(end, text.bytes.endIndex) - text.bytes.startIndex
  }

  /// Where the first `remaining` tokens of `part` end; what is left of them where it has fewer.
  private func end(ofTokens remaining: inout Int, in part: ArraySlice<UInt8>) -> Int {
    var ids: [Int32] = []
    var start = part.startIndex
    while start < part.endIndex {
      let end = encoder.endOfStretch(in: part, from: start)
      ids.removeAll(keepingCapacity: true)
      try? encoder.append(part[start..<end], to: &ids)
      if ids.count >= remaining {
        let count = remaining
        remaining = 0
        return count == ids.count ? end : self.end(ofTokens: count, inStretch: part[start..<end])
      }
      remaining -= ids.count
      start = end + 1
    }
    return part.endIndex
  }

  /// Where the first `count` tokens of a stretch without blanks end, which has more of them.
  private func end(ofTokens count: Int, inStretch stretch: ArraySlice<UInt8>) -> Int {
    var remaining = count
    var wordIndex = -1
    var byteCount = 0
    for word in encoder.words(in: stretch) where remaining > 0 {
      var ids: [Int32] = []
      encoder.appendWord(word[...], to: &ids)
      wordIndex += 1
      byteCount =
        ids.count <= remaining
        ? word.count : ids.prefix(remaining).reduce(0) { $0 + pieceLength(of: $1, at: $0) }
      remaining -= ids.count
    }
    return Self.firstEnd(in: stretch) { prefix in
      let words = encoder.words(in: prefix)
      if words.count != wordIndex + 1 { return words.count > wordIndex }
      return words[wordIndex].count >= byteCount
    }
  }

  /// The number of normalized bytes that a piece stands for.
  private func pieceLength(of id: Int32, at start: Int) -> Int {
    let count = name(of: id).utf8.count
    return start == 0 ? count : count - encoder.vocabulary.prefix.count
  }

  /// The answer where positions are lost, because added tokens are sought in normalized text.
  private func countBySearch(in text: SourceText, _ tokenCount: Int) -> Int {
    Self.firstEnd(in: text.bytes) { prefix in
      ((try? encode(SourceText(prefix, name: text.name)))?.count ?? 0) >= tokenCount
    } - text.bytes.startIndex
  }

  /// The end of the first beginning of `text`, cut between characters, that `isEnough`, which holds
  /// for all that are longer too; marks without a letter of their own stay with what is before.
  private static func firstEnd(
    in text: ArraySlice<UInt8>, where isEnough: (ArraySlice<UInt8>) -> Bool
  ) -> Int {
    var ends: [Int] = []
    var decoder = ScalarDecoder(text)
    while let scalar = try? decoder.next() {
      if scalar.isNonspacingMark, !ends.isEmpty { ends.removeLast() }
      ends.append(decoder.index)
    }
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if isEnough(text[..<ends[middle]]) { high = middle } else { low = middle + 1 }
    }
    return low < ends.count ? ends[low] : text.endIndex
  }
}
