import MDLM

/// How the tokens of a model are shown while some of them are not there yet.
struct TokenText: Sendable {
  let maskID: Int32
  private let specialIDs: Set<Int32>
  private let decode: @Sendable ([Int32]) -> String
  private let name: @Sendable (Int32) -> String
  /// The texts that were decoded before, by their tokens.
  private var known: [[Int32]: String] = [:]

  /// - Parameters:
  ///   - maskID: The id that stands for a place without a token.
  ///   - specialIDs: Tokens that are shown by their names.
  ///   - decode: The text of neighbouring tokens.
  ///   - name: The name of a special token.
  init(
    maskID: Int32, specialIDs: Set<Int32>, decode: @escaping @Sendable ([Int32]) -> String,
    name: @escaping @Sendable (Int32) -> String
  ) {
    self.maskID = maskID
    self.specialIDs = specialIDs
    self.decode = decode
    self.name = name
  }

  /// The texts of a tokenizer, or ids where there is none.
  init(_ tokenizer: (any Tokenizer)?, maskID: Int32) {
    self.init(
      maskID: maskID, specialIDs: tokenizer?.specialIDs ?? [],
      decode: { ids in
        tokenizer?.decode(ids) ?? ids.map { "\($0) " }.joined()
      },
      name: { tokenizer?.name(of: $0) ?? "\($0) " })
  }

  /// Returns what each place shows: together it is the text, with masks as `░`.
  ///
  /// A character that several tokens make up is the first one's; the others show nothing.
  ///
  /// - Parameter tokens: A sequence with masks.
  /// - Returns: A text for every token.
  mutating func texts(of tokens: [Int32]) -> [String] {
    var texts = [String](repeating: "", count: tokens.count)
    // Text depends on what stands before it: spaces between word pieces, bytes of one character.
    var unit: [Int32] = []
    var start = 0
    for (place, token) in tokens.enumerated() {
      guard token != maskID, !specialIDs.contains(token) else {
        texts[place] = token == maskID ? "░" : name(token)
        unit = []
        continue
      }
      let before = unit.isEmpty ? "" : text(of: unit)
      let whole = text(of: unit + [token])
      if !unit.isEmpty, unit.count < 8, before.last == "\u{FFFD}", let first = texts[start].last,
        first == "\u{FFFD}"
      {
        // The bytes so far were no character; the token may bring the rest of it.
        texts[start] = String(texts[start].dropLast(before.count)) + whole
        unit.append(token)
      } else {
        texts[place] =
          whole.utf8.starts(with: before.utf8)
          ? String(Substring(whole.utf8.dropFirst(before.utf8.count))) : text(of: [token])
        (unit, start) = ([token], place)
      }
    }
    return texts
  }

  private mutating func text(of tokens: [Int32]) -> String {
    if let text = known[tokens] { return text }
    let text = decode(tokens)
    if known.count >= 20_000 { known = [:] }
    known[tokens] = text
    return text
  }
}
