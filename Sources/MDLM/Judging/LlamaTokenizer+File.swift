extension LlamaTokenizer {
  /// Reads llama2.c's file of a vocabulary.
  ///
  /// It holds the length of the longest token (int32), then for every token a score (float32), its
  /// length (int32) and its bytes; nothing says how many tokens there are.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - vocabularySize: The number of the network's tokens.
  /// - Throws: ``InputError`` for a file that cannot be read, is cut short, is longer than its
  ///   tokens, or has lengths or scores that none can have.
  init(path: String, vocabularySize: Int) throws(InputError) {
    func mistake(_ found: String, _ expected: String, _ remedy: String? = nil) -> InputError {
      InputError(
        .badData, path, found: found, expected: expected,
        remedy: remedy ?? "Use the tokenizer file that belongs to the checkpoint")
    }
    guard vocabularySize >= Self.reservedCount else {
      throw mistake(
        "a network of \(vocabularySize) tokens",
        "at least \(Self.reservedCount): three special ones and every byte",
        "Use a network with a byte-fallback vocabulary")
    }
    var reader = Reader(bytes: try InputFile.contents(of: path, limit: 1 << 30)[...])
    let longest = reader.number()
    var tokens = ByteStrings()
    var scores: [Float] = []
    for id in 0..<vocabularySize {
      guard let longest, let score = reader.number(), let length = reader.number() else {
        throw mistake("its end in token \(id)", "the \(vocabularySize) tokens of the network")
      }
      guard length >= 0, length <= longest else {
        throw mistake(
          "a length of \(length) bytes for token \(id)", "at most \(longest), as its head says")
      }
      guard let bytes = reader.take(Int(length)) else {
        throw mistake("its end in token \(id)", "the \(vocabularySize) tokens of the network")
      }
      let value = Float(bitPattern: UInt32(bitPattern: score))
      guard value.isFinite else {
        throw mistake("the score \(value) of token \(id)", "a finite number")
      }
      tokens.append(bytes)
      scores.append(value)
    }
    guard reader.bytes.isEmpty else {
      throw mistake(
        "\(reader.bytes.count) bytes behind token \(vocabularySize - 1)",
        "the \(vocabularySize) tokens of the network and nothing more")
    }
    self.init(tokens: tokens, scores: scores)
  }
}

/// Takes little-endian numbers and runs of bytes off the front of a file.
private struct Reader {
  var bytes: ArraySlice<UInt8>

  /// The next four bytes, or nil where there are fewer.
  mutating func number() -> Int32? {
    take(4).map { bytes in
      Int32(bitPattern: bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
  }

  /// The next `count` bytes, or nil where there are fewer.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= bytes.count else { return nil }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }
}
