extension BPETrainer {
  /// The tokens and merges learned so far.
  struct LearnedVocabulary {
    /// The bytes of every token by its id, of special tokens their names.
    private var tokens: [[UInt8]]
    /// The ids of the tokens of text.
    private var ids: [[UInt8]: Int32] = [:]
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
        ids[[UInt8(byte)]] = Int32(tokens.count)
        tokens.append([UInt8(byte)])
      }
      self.byteIDs = byteIDs
    }

    var count: Int { tokens.count }

    /// Joins two tokens and returns the id of the result, which other parts may have joined to before.
    mutating func merge(_ pair: Pair) -> Int32 {
      let token = tokens[Int(pair.left)] + tokens[Int(pair.right)]
      let id = ids[token] ?? Int32(tokens.count)
      if id == tokens.count {
        ids[token] = id
        tokens.append(token)
      }
      merges.append(MergeTable.Merge(left: pair.left, right: pair.right, joined: id))
      return id
    }

    /// The tokenizer; of a pair that was merged more than once the last time counts.
    func tokenizer() throws(InputError) -> ByteLevelBPETokenizer {
      var seen: Set<Pair> = []
      let lastMerges = merges.reversed().filter {
        seen.insert(Pair(left: $0.left, right: $0.right)).inserted
      }
      var strings = ByteStrings()
      for token in tokens { strings.append(token) }
      let specials = Self.specialNames.enumerated().map {
        AddedToken.special($0.element, id: Int32($0.offset))
      }
      return ByteLevelBPETokenizer(
        tokens: try Vocabulary(
          strings, plainIDs: Set(specials.map(\.id)), in: TokenizerFile.name),
        merges: lastMerges.reversed(), addedTokens: AddedTokens(specials),
        normalizer: .identity(.null), preTokenizer: PreTokenizer(.gpt2), postProcessor: .none,
        ignoresMerges: false)
    }
  }
}
