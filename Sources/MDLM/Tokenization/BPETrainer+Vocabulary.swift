extension BPETrainer {
  /// The tokens and merges learned so far.
  struct LearnedVocabulary {
    /// The bytes of every token by its id, of special tokens their names.
    private var tokens: [[UInt8]]
    private var merges: [MergeTable.Merge] = []
    /// The id of each byte.
    let byteIDs: [Int32]

    private static let specialNames =
      SpecialToken.allCases.map(\.rawValue) + [SpecialToken.maskName]

    /// The special tokens and the bytes.
    init() {
      tokens = Self.specialNames.map { Array($0.utf8) }
      var byteIDs = [Int32](repeating: 0, count: 256)
      for byte in (0..<256).sorted(by: { ByteTokenizer.letters[$0] < ByteTokenizer.letters[$1] }) {
        byteIDs[byte] = Int32(tokens.count)
        tokens.append([UInt8(byte)])
      }
      self.byteIDs = byteIDs
    }

    var count: Int { tokens.count }

    /// Adds the token that a pair joins to, and returns its id.
    mutating func merge(_ pair: Pair) -> Int32 {
      let id = Int32(tokens.count)
      tokens.append(tokens[Int(pair.left)] + tokens[Int(pair.right)])
      merges.append(MergeTable.Merge(left: pair.left, right: pair.right, joined: id))
      return id
    }

    /// The tokenizer of these tokens and merges.
    func tokenizer() throws(InputError) -> ByteLevelBPETokenizer {
      var strings = ByteStrings()
      for token in tokens { strings.append(token) }
      let specials = Self.specialNames.enumerated().map {
        AddedToken.special($0.element, id: Int32($0.offset))
      }
      return ByteLevelBPETokenizer(
        tokens: try Vocabulary(
          strings, plainIDs: Set(specials.map(\.id)), in: TokenizerFile.name),
        merges: merges, addedTokens: AddedTokens(specials),
        normalizer: .none, preTokenizer: PreTokenizer(.gpt2), postProcessor: .none,
        ignoresMerges: false)
    }
  }
}
