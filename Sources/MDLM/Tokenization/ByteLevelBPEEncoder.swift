/// Encodes texts with a byte-level BPE and remembers the ids of frequent pieces.
final class ByteLevelBPEEncoder: TextEncoder {
  private let tokenizer: ByteLevelBPETokenizer
  private let cache: PieceCache

  /// Makes an encoder whose memory fits texts of `byteCount` bytes in all.
  init(_ tokenizer: ByteLevelBPETokenizer, byteCount: Int = .max) {
    self.tokenizer = tokenizer
    cache = PieceCache(byteCount: byteCount)
  }

  func append(_ text: SourceText, to ids: inout [Int32]) { append(text.bytes, to: &ids) }

  /// Appends the ids of `bytes`, whatever they are.
  func append(_ bytes: ArraySlice<UInt8>, to ids: inout [Int32]) {
    let normalize = tokenizer.normalizer.normalization
    tokenizer.addedTokens.forEachSegment(of: bytes, normalize: normalize) { segment in
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let part):
        part.withUnsafeBufferPointer { text in
          tokenizer.preTokenizer.forEachPiece(of: text) { piece in append(piece, to: &ids) }
        }
      }
    }
  }

  @inline(__always)
  private func append(_ piece: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    guard piece.count <= PieceCache.Key.longest else {
      return tokenizer.model.append(piece, to: &ids)
    }
    let key = PieceCache.Key(piece)
    if let known = cache.ids(of: key) {
      ids.append(known.first)
      if known.second >= 0 { ids.append(known.second) }
      if known.third >= 0 { ids.append(known.third) }
    } else {
      let start = ids.count
      tokenizer.model.append(piece, to: &ids)
      cache.remember(ids[start...], of: key)
    }
  }
}
