/// The files of OpenAI's tiktoken: a token in base64, a space and its rank in each line.
///
/// Two parts join where their bytes together are a token, the one of the lowest rank first, and the
/// rank is the id. So every way to cut a token into two is a merge.
enum TiktokenFile {
  static let suffix = ".tiktoken"

  /// What a file does not say: how text is split, and the special tokens.
  private struct Encoding {
    var pattern: SplitPattern
    var specials: [(name: String, id: Int32)]
  }

  private static let encodings: [(name: String, encoding: Encoding)] = {
    let gpt2 = Encoding(pattern: .gpt2, specials: [("<|endoftext|>", 50256)])
    let cl100k = Encoding(
      pattern: .cl100k,
      specials: [
        ("<|endoftext|>", 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259),
        ("<|fim_suffix|>", 100260), ("<|endofprompt|>", 100276),
      ])
    let o200k = Encoding(
      pattern: .o200k, specials: [("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)])
    return [
      ("gpt2", gpt2), ("r50k_base", gpt2), ("p50k_base", gpt2), ("cl100k_base", cl100k),
      ("o200k_base", o200k),
    ]
  }()

  /// Reads the file at `path`, whose name says which encoding it is.
  static func tokenizer(path: String) throws(InputError) -> ByteLevelBPETokenizer {
    let name = FileSystem.split(path).name.dropLast(suffix.count)
    guard let encoding = encodings.first(where: { $0.name == name })?.encoding else {
      throw InputError(
        .badData, path, found: "the name \(name)\(suffix)",
        expected: encodings.map { $0.name + suffix }.joined(separator: ", "),
        remedy: "Give the file the name it was published under: it says how text is split")
    }
    let tokens = try readTokens(SourceText.lines(of: path), path)
    let specials = encoding.specials.map { (rank: $0.id, bytes: Array($0.name.utf8)) }
    let strings = try ordered(tokens + specials, path)
    return ByteLevelBPETokenizer(
      tokens: try Vocabulary(
        strings, addedIDs: Set(encoding.specials.map(\.id)), in: path),
      merges: merges(of: try ordered(tokens, path)),
      addedTokens: AddedTokens(encoding.specials.map { .special($0.name, id: $0.id) }),
      normalizer: try TextNormalizer(.null, in: path),
      preTokenizer: PreTokenizer(encoding.pattern), postProcessor: .none, ignoresMerges: true)
  }

  // MARK: Lines

  /// Bytes of a token, which is cut in every place; published ones have at most 128.
  private static let longestToken = 1024

  private typealias Token = (rank: Int32, bytes: [UInt8])

  private static func readTokens(
    _ lines: [SourceText], _ path: String
  ) throws(InputError) -> [Token] {
    let limit = VocabularyReader.idLimit(ofTokens: lines.count)
    var tokens: [Token] = []
    for (number, line) in lines.enumerated() where !line.bytes.isEmpty {
      let parts = line.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2, let token = base64(parts[0]), !token.isEmpty,
        let rank = Int32(String(decoding: parts[1], as: UTF8.self)),
        0..<limit ~= rank, token.count <= Self.longestToken
      else {
        throw damaged(
          JSONValue.quoted(String(decoding: line.bytes.prefix(60), as: UTF8.self)),
          "a token in base64, a space and its rank", "\(path):\(number + 1)")
      }
      tokens.append((rank, token))
    }
    return tokens
  }

  /// The tokens by their ranks, with nothing where no token has the rank.
  private static func ordered(
    _ tokens: [Token], _ path: String
  ) throws(InputError) -> ByteStrings {
    var strings = ByteStrings()
    for (rank, bytes) in tokens.sorted(by: { $0.rank < $1.rank }) {
      guard rank >= strings.count else {
        throw damaged("the rank \(rank) for two tokens", "each rank once", path)
      }
      while strings.count < rank { strings.append([]) }
      strings.append(bytes)
    }
    try checkDistinct(strings, path)
    return strings
  }

  private static func checkDistinct(_ strings: ByteStrings, _ path: String) throws(InputError) {
    let index = ByteStringIndex(strings)
    for rank in 0..<strings.count where strings.length(of: rank) > 0 {
      let first = strings[rank].withUnsafeBufferPointer { index.number(of: $0, in: strings) }
      guard first == Int32(rank) else {
        throw damaged(
          "the token of rank \(rank) again at rank \(first ?? -1)", "each token once", path)
      }
    }
  }

  /// The bytes that `text` stands for, or nil where it is no base64 (RFC 4648) with its padding.
  private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let digits =
      text.suffix(2).elementsEqual("==".utf8)
      ? text.dropLast(2)
      : text.last == UInt8(ascii: "=") ? text.dropLast() : text
    var bytes: [UInt8] = []
    var (bits, width): (UInt32, UInt32) = (0, 0)
    for digit in digits {
      guard let value = base64Value(digit) else { return nil }
      bits = bits << 6 | value
      width += 6
      if width >= 8 {
        width -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> width))
      }
    }
    return bytes
  }

  private static func base64Value(_ digit: UInt8) -> UInt32? {
    switch Unicode.Scalar(digit) {
    case "A"..."Z": UInt32(digit) - 65
    case "a"..."z": UInt32(digit) - 97 + 26
    case "0"..."9": UInt32(digit) - 48 + 52
    case "+": 62
    case "/": 63
    default: nil
    }
  }

  // MARK: Merges

  private static func merges(of strings: ByteStrings) -> [MergeTable.Merge] {
    let index = ByteStringIndex(strings)
    var merges: [MergeTable.Merge] = []
    merges.reserveCapacity(3 * strings.count)
    for joined in 0..<strings.count {
      strings[joined].withUnsafeBufferPointer { token in
        for cut in 1..<max(1, token.count) {
          let (left, right) = (token[..<cut], token[cut...])
          guard let left = index.number(of: UnsafeBufferPointer(rebasing: left), in: strings),
            let right = index.number(of: UnsafeBufferPointer(rebasing: right), in: strings)
          else { continue }
          merges.append(MergeTable.Merge(left: left, right: right, joined: Int32(joined)))
        }
      }
    }
    return merges
  }

  private static func damaged(_ found: String, _ expected: String, _ path: String) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Fetch the file again from where it was published")
  }
}
